/** No key and no password is ever written, made up or learned by heart (vscode#278829). */
import { secret } from '../../../../src/completion/cleaning/secret';
import { describeRule } from '../../../support/cleaningTable';

/** Put together here, so that this file itself holds none. */
const random = 'q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiBoW1vNxJr0PyDk';
const key = `AK${'IA'}QZT2KPXW9RBVN4LS`;

describeRule(secret, [
	['a literal', 'const pass█', `${'word'} = "${random.slice(0, 14)}";`, ''],
	['a literal after its name', `const ${'password'} = █`, `'${random.slice(0, 14)}';`, ''],
	['a literal in quotes that are there', `${'password'}: "█",`, random.slice(0, 14), ''],
	['half a literal', `const ${'apiKey'} = █`, `"${random.slice(0, 20)}`, ''],
	['a literal that covers the line’s own quote', `f("█")`, `x", ${'token'}="${random.slice(0, 20)}"`, ''],
	['a key of a service', 'connect(█', `"${key}");`, ''],
	['a token of a service', 'const a = █', `'gh${'p'}_${random.slice(0, 36)}'`, ''],
	['the body of a key', `const pem = \`-----BEGIN RSA ${'PRIVATE'} KEY-----\n█`, `${random}${random}`, ''],
	['a password in a URL', 'const url = █', `'postgres://app:${random.slice(0, 10)}@db.internal/x';`, ''],
	['in a block', 'f() {█\n}', `\n\ta();\n\t${'secret'} = "${random.slice(0, 20)}";`, ''],
	['read from the environment', `${'password'} = █`, 'process.env.PASSWORD', undefined],
	['asked for', `const ${'token'} = █`, 'await getToken("github.com");', undefined],
	['a word', `${'password'}: █`, '"password",', undefined],
	['a placeholder', `const ${'apiKey'} = █`, '"your-api-key-goes-here";', undefined],
	['the user’s own, further up', `const a = '${key}';\n█`, 'connect(a);', undefined],
	['the user’s own, on this line', `connect('${key}', █`, '{ retries: 3 });', undefined],
	['a hash', 'const hash = █', "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c';", undefined],
]);
