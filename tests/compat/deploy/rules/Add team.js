function addTeam(user, context, callback) {
  context.accessToken["https://shop.example/team"] = "##TEAM##" || configuration.TEAM;
  callback(null, user, context);
}
