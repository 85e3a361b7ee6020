/** A profile whose logs go to Elasticsearch, with further lines of that table, and further tables. */
export const logged = (lines = '', tables = ''): string => `
[kubernetes]
namespace = "openhands"
[deploy]
contract = "agent-server"
[deploy.logging]
handlers = ["console", "elasticsearch"]
[deploy.logging.elasticsearch]
url = "https://elasticsearch.search.svc:9200"
${lines}
${tables}
`;
