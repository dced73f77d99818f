/**
 * @title Add the department
 * @overview Both tokens say where somebody belongs, so no API has to look it up.
 */
function addTheDepartment(user, context, callback) {
  // A claim of our own has an address of ours for a name: it meets no other claim.
  var claim = 'https://pine.example/department';
  var metadata = user.app_metadata || {};

  // Employees have it in their app_metadata; our customers have somebody to call.
  var department = metadata.department;
  if (!department && context.connection === 'Customers') {
    department = 'Customer care';
  }

  if (department) {
    context.accessToken[claim] = department;
    context.idToken[claim] = department;
  }
  callback(null, user, context);
}
