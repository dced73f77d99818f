/**
 * @title Closed at weekends
 * @overview Employees are turned away on CLOSED_DAYS; customers may always come in.
 */
function closedAtWeekends(user, context, callback) {
  var days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
  var today = days[new Date().getUTCDay()];

  // "Saturday, Sunday" closes the workshop at weekends, "none" never does.
  var closedDays = (configuration.CLOSED_DAYS || 'none').split(/\s*,\s*/);

  if (context.connection !== 'Employees' || closedDays.indexOf(today) === -1) {
    return callback(null, user, context);
  }

  // What a rule prints stands in the tenant's log; people read the error's text.
  console.log(user.email, 'came on a day off:', today);
  var message = 'The workshop is closed on ' + today + '. Enjoy your day off!';
  callback(new UnauthorizedError(message));
}
