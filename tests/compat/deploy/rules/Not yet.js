function notYet(user, context, callback) {
  callback(new UnauthorizedError("Not yet"));
}
