// The workload through PostgREST, as applications have it.

/** What PostgREST needs on a cluster, with a pool of so many connections. */
export const settings = (connections) => ({
  PGRST_DB_POOL: String(connections),
  PGRST_DB_PRE_REQUEST: 'helpdesk.pre_request',
  PGRST_DB_MAX_ROWS: '1000',
});

/** SQLSTATEs with which a call has done nothing. After others, it may have been committed. */
const REFUSED = /^(40|53|55|57014|22|23|42)/;

/** The codes after which repeating the call does not help. PGRST00.: no connection is free. */
export const notRetryable = (codes) => codes.filter((code) => !/^(08...|40...|53...|57...|58...|XX000|PGRST00.)$/.test(code));

const TABLES = { tickets: 'created_by', ticket_comments: 'requester_id', notifications: 'user_id' };

/** Sessions for `Workload.run`. */
export const connectTo = (api) => async (person) => {
  const token = api.token(person);
  const request = async (method, path, body) => {
    const answer = await api.http(method, path, { token, body });
    if (answer.status < 400) return answer.body;
    const { code, message } = answer.body;
    throw Object.assign(new Error(message), { code, severity: REFUSED.test(code) ? 'ERROR' : 'FATAL' });
  };
  return {
    call: (name, args) => request('POST', `/rpc/${name}`, args),
    async owners() {
      const rows = [];
      for (const [table, owner] of Object.entries(TABLES)) {
        for (const row of await request('GET', `/${table}?select=org_id,${owner}&order=created_at.desc&limit=100`))
          rows.push({ org_id: row.org_id, owner: row[owner], count: 1 });
      }
      return rows;
    },
    end: async () => {},
  };
};
