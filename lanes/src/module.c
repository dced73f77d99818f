/* Python's door to bcrypt.c: copies the jobs, lets other threads run, returns the verdicts. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "bcrypt.h"

/* Raises ValueError; what was handed over may be a secret, so no text repeats it. */
static void refuse(const char *why) {
    PyErr_Clear();
    PyErr_SetString(PyExc_ValueError, why);
}

/* Reads a pair of bytes; false with ValueError raised when it is none. */
static bool read_pair(struct job *job, PyObject *pair) {
    char *password, *hash;
    Py_ssize_t password_bytes, hash_characters;
    if (!PyTuple_Check(pair) || PyTuple_Size(pair) != 2 ||
        PyBytes_AsStringAndSize(PyTuple_GetItem(pair, 0), &password, &password_bytes) < 0 ||
        PyBytes_AsStringAndSize(PyTuple_GetItem(pair, 1), &hash, &hash_characters) < 0) {
        refuse("a job is a tuple of two bytes objects: password, hash");
        return false;
    }
    if (password_bytes > MOST_PASSWORD_BYTES) {
        refuse("a password has more than 72 bytes");
        return false;
    }
    if (!read_job(job, (const uint8_t *)password, (size_t)password_bytes, (const uint8_t *)hash,
                  (size_t)hash_characters)) {
        refuse("a hash is not bcrypt's, or not written as bcrypt writes it");
        return false;
    }
    return true;
}

/* Returns how many jobs were read; 0 with ValueError raised. */
static size_t read_jobs(struct job *jobs, PyObject *sequence) {
    Py_ssize_t count = PySequence_Check(sequence) ? PySequence_Size(sequence) : -1;
    if (count < 1 || count > WIDTH) {
        refuse("jobs are a sequence of 1 to WIDTH");
        return 0;
    }
    for (Py_ssize_t at = 0; at < count; at++) {
        PyObject *pair = PySequence_GetItem(sequence, at);
        if (pair == NULL) {
            refuse("jobs are a sequence of 1 to WIDTH");
            return 0;
        }
        bool is_read = read_pair(&jobs[at], pair);
        Py_DECREF(pair);
        if (!is_read) {
            return 0;
        }
        if (jobs[at].cost != jobs[0].cost) {
            refuse("the hashes have several costs");
            return 0;
        }
    }
    return (size_t)count;
}

static PyObject *as_list(const bool *fits, size_t count) {
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t at = 0; list != NULL && at < count; at++) {
        if (PyList_SetItem(list, (Py_ssize_t)at, PyBool_FromLong(fits[at])) < 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *verify(PyObject *module, PyObject *sequence) {
    struct job jobs[WIDTH];
    bool fits[WIDTH] = {false};
    (void)module;
    size_t count = read_jobs(jobs, sequence);
    if (count > 0) {
        Py_BEGIN_ALLOW_THREADS
        judge(jobs, count, fits);
        Py_END_ALLOW_THREADS
    }
    wipe(jobs, sizeof jobs);
    return count > 0 ? as_list(fits, count) : NULL;
}

static PyMethodDef METHODS[] = {
    {"verify", verify, METH_O,
     "verify(jobs, /)\n--\n\nSay of 1 to WIDTH pairs (password, bcrypt hash) of one cost whether "
     "each password fits."},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module) {
    return PyModule_AddIntConstant(module, "WIDTH", WIDTH);
}

static PyModuleDef_Slot SLOTS[] = {
    {Py_mod_exec, (void *)fill},
    {0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT,
    .m_name = "gateword_lanes._kernel",
    .m_doc = "bcrypt for several passwords of one cost at a time.",
    .m_methods = METHODS,
    .m_slots = SLOTS,
};

PyMODINIT_FUNC PyInit__kernel(void) {
    return PyModuleDef_Init(&MODULE);
}
