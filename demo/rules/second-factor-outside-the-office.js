/**
 * @title Second factor outside the office
 * @overview Away from the OFFICE_NETWORKS an employee needs more than a password.
 */
function secondFactorOutsideTheOffice(user, context, callback) {
  var isEmployee = context.connection === 'Employees';

  // Nobody sits in front of a renewal, so nobody can be asked for anything there.
  var isRenewal = context.protocol === 'oauth2-refresh-token';

  var authentication = context.authentication || {};
  var hasGivenOne = (authentication.methods || []).some(function (method) {
    return method.name === 'mfa';
  });

  // Without a configuration nowhere is the office: forgetting it opens no door.
  var networks = (configuration.OFFICE_NETWORKS || '').split(/\s*,\s*/);
  var isInTheOffice = networks.some(function (network) {
    return holds(network, context.request.ip);
  });

  if (isEmployee && !isRenewal && !hasGivenOne && !isInTheOffice) {
    console.log(user.email, 'comes from', context.request.ip);
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);

  // A network is "192.0.2.0/24", or one address.
  function holds(network, address) {
    var parts = network.split('/');
    if (parts.length === 1) {
      return network === address;
    }
    var size = Math.pow(2, 32 - Number(parts[1]));
    return Math.floor(number(parts[0]) / size) === Math.floor(number(address) / size);
  }

  // For IPv6 this is not a number, and that is equal to nothing.
  function number(address) {
    return address.split('.').reduce(function (sum, part) {
      return sum * 256 + Number(part);
    }, 0);
  }
}
