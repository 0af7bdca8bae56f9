// A real OpenID Connect provider (npm oidc-provider) for tests: whoever gives any name and password is signed in; the
// name says the groups: ann.live-admins has the group live-admins.
import { Provider } from 'oidc-provider';

const [port, callback] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'console', client_secret: 'a-secret-of-the-console', redirect_uris: [callback] }],
  claims: { openid: ['sub', 'auth_time'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'groups'],
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} of the company`, preferred_username: id, groups: id.split('.').slice(1) }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
