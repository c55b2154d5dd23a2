/** Secrets are found, ordinary code is not, and nothing of a secret is ever said. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findSecrets } from '../../../../src/finetune/corpus/secrets';
import { entropy } from '../../../../src/inference/secretText';
import { root } from '../../../support/root';

/** Put together here, so that this file itself holds none. */
const random = (length: number) =>
	'q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiBoW1vNxJr0PyDkSzFgEhAmCl'.repeat(6).slice(0, length);
const hex = (length: number) => '9f3c1ab27de40586'.repeat(8).slice(0, length);
const upper = (length: number) => 'QZT2KPXW9RBVN4LSYD8G'.repeat(8).slice(0, length);

const secrets: readonly (readonly [rule: string, text: string])[] = [
	['private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${random(64)}\n`],
	['private key', `"-----BEGIN ${'PRIVATE'} KEY-----\\n${random(64)}\\n"`],
	['AWS access key', `id = "AK${'IA'}${upper(16)}"`],
	['AWS secret key', `aws_secret_access_key: "${random(40)}"`],
	['Google API key', `AI${'za'}${random(35)}`],
	['Azure storage key', `AccountKey=${random(86)}==`],
	['GitHub token', `const t = 'gh${'p'}_${random(36)}'`],
	['GitLab token', `gl${'pat'}-${random(20)}`],
	['Slack token', `xo${'xb'}-${random(30)}`],
	['Stripe key', `sk_${'live'}_${random(24)}`],
	['SendGrid key', `S${'G'}.${random(22)}.${random(43)}`],
	['npm token', `np${'m'}_${random(36)}`],
	['Anthropic key', `sk-${'ant'}-api03-${random(40)}`],
	['OpenAI key', `sk-${'proj'}-${random(48)}`],
	['Hugging Face token', `h${'f'}_${random(34)}`],
	['DigitalOcean token', `dop${'_v1'}_${hex(64)}`],
	['JSON Web Token', `ey${'J'}${random(20)}.ey${'J'}${random(40)}.${random(30)}`],
	['password in a URL', `postgres://${'app'}:Zt2KpXw9@db.internal:5432/x`],
	['password in a URL', 'mongodb://admin:supersecret@db.internal/x'],
	['password in a connection string', `"Server=db;User Id=app;${'Password'}=Zt2KpXw9!;"`],
	['authorisation header', `'Authorization': '${'Bearer'} ${random(32)}'`],
	['secret in an assignment', `password = "${random(12)}"`],
	['secret in an assignment', `  "db_password": "${random(12)}",`],
	['secret in an assignment', `const apiKey: string = '${random(32)}';`],
	['secret in an assignment', `config['client_secret'] = "${random(20)}"`],
	['secret in an assignment', `setting :token => '${random(20)}'`],
	['secret in an environment variable', `export DB_PASSWORD=${random(14)}`],
];

const ordinary: readonly string[] = [
	"if (text.includes('-----BEGIN PRIVATE KEY-----')) {",
	"password = 'changeme-please-1'",
	'password = "your-password-here1"',
	`const password = process.env.PASSWORD;`,
	`const token = \`${'$'}{prefix}-${'$'}{suffix}123\`;`,
	"token: 'familiar.completion.token'",
	"passwordLabel: 'pleaseEnterYourPassword1'",
	`const secret = '${'$'}{SECRET_FROM_VAULT_1}';`,
	"tokenType: 'identifierOrKeyword9876'",
	"api_key = '<API_KEY_123_abc>'",
	'postgres://postgres:postgres@localhost/test',
	'postgres://user:password@localhost/test',
	'https://example.com:8080/path@2x.png',
	"const options = new URL('https://abc:xyz@example.com');",
	'const getToken = "platformAuthDOMGetToken";',
	'const SIGN_IN_TOKEN = "/oauth2/v2.0/token";',
	'AKIAIOSFODNN7EXAMPLE',
	"key: 'ArrowDown'",
	"const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';",
	'password = "aaaaaaaa11"',
	'export TOKEN=$(cat token.txt)',
];

describe('secrets', () => {
	for (const [rule, text] of secrets) {
		it(`${rule}: ${text.slice(0, 12)}…`, async () => {
			const found = await findSecrets(`let a = 1;\n\n${text}\n`);
			assert.deepEqual(
				found.filter((one) => one.rule === rule),
				[{ rule, line: 3 }],
			);
		});
	}
	for (const text of ordinary) {
		it(`is none: ${text}`, async () => assert.deepEqual(await findSecrets(text), []));
	}

	it('asks secretlint too, whatever comments in the text allow', async () => {
		const text = `// secretlint-disable\nconst t = 'gh${'p'}_${random(36)}'; // secretlint-disable-line\n`;
		const found = await findSecrets(text);
		assert.ok(found.some((one) => one.rule === 'secretlint github' && one.line === 2));
	});

	it('names each rule once, at its first place, however often it matches', async () => {
		const keys = Array.from({ length: 2_000 }, (_, index) => `gh${'p'}_${random(31)}${10_000 + index}`);
		assert.deepEqual(await findSecrets(`let a;\n${keys.join('\n')}\n`), [
			{ rule: 'GitHub token', line: 2 },
			{ rule: 'secretlint github', line: 2 },
		]);
	});

	it('never says the secret itself', async () => {
		for (const [, text] of secrets) {
			const said = JSON.stringify(await findSecrets(text));
			for (const part of text.match(/[\w+/]{8,}/g) ?? []) {
				assert.ok(!/\d/.test(part) || !said.includes(part), `${said} quotes ${part.slice(0, 4)}…`);
			}
		}
	});

	it('finds nothing in the code of this repository', async () => {
		const files = execFileSync('git', ['ls-files', 'src', 'media'], { cwd: root, encoding: 'utf8' })
			.split('\n')
			.filter((file) => file.endsWith('.ts') && fs.existsSync(path.join(root, file)));
		assert.ok(files.length > 100);
		for (const file of files) {
			assert.deepEqual(await findSecrets(fs.readFileSync(path.join(root, file), 'utf8')), [], file);
		}
	});

	it('keeps no marks of performance for each file', async () => {
		performance.clearMarks();
		await findSecrets('let a = 1;\n');
		assert.deepEqual(performance.getEntriesByType('mark'), []);
	});

	it('measures entropy in bits a character', () => {
		assert.equal(entropy('aaaa'), 0);
		assert.equal(entropy('abcd'), 2);
		assert.equal(entropy(''), 0);
	});
});
