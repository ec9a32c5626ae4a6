/**
 * Every Web API method that the product calls, with the bot scopes it needs; of several, each for its own sort of
 * conversation. Sources: Slack's OpenAPI description of the Web API (github.com/slackapi/slack-api-specs,
 * web-api/slack_web_openapi_v2.json); for what is younger than it, "Scopes" on
 * https://docs.slack.dev/reference/methods/METHOD: assistant.threads.setStatus and the two methods of external uploads,
 * which rely on `files:write` alone.
 */
export const slackMethods = {
  'assistant.threads.setStatus': ['chat:write'],
  'auth.test': [],
  'chat.delete': ['chat:write'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'oauth.v2.access': [],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
