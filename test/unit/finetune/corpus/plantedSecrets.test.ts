/** Secrets of more than fifty kinds, planted in files of real code: none gets past the audit, by hand neither. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { audit } from '../../../../src/finetune/corpus/audit';
import { AuditWorker } from '../../../../src/finetune/corpus/auditWorker';
import { auditReport } from '../../../../src/finetune/corpus/report';
import type { Audit, Repository } from '../../../../src/finetune/corpus/verdict';
import { root } from '../../../support/root';

/** Put together here, so that this file itself holds none. */
const random = (length: number) =>
	'q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiBoW1vNxJr0PyDkSzFgEhAmCl'.repeat(6).slice(0, length);
const lower = (length: number) => random(length).toLowerCase();
const hex = (length: number) => '9f3c1ab27de40586'.repeat(12).slice(0, length);
const upper = (length: number) => 'QZT2KPXW9RBVN4LSYD8G'.repeat(8).slice(0, length);
const digits = (length: number) => '8316049275'.repeat(4).slice(0, length);

/** What services call them, and a line of code that holds one. */
const PLANTED: readonly (readonly [kind: string, text: string])[] = [
	['RSA private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${random(64)}\n${random(64)}\n`],
	['OpenSSH private key', `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\n${random(70)}\n`],
	['PGP private key', `-----BEGIN PGP ${'PRIVATE'} KEY BLOCK-----\n\n${random(64)}\n`],
	['PuTTY key', `PuTTY-User-${'Key'}-File-2: ssh-rsa`],
	['age key', `AGE-${'SECRET'}-KEY-1${upper(58)}`],
	['WireGuard key', `Private${'Key'} = ${random(43)}=`],
	['AWS access key', `"AK${'IA'}${upper(16)}"`],
	['AWS session key', `"AS${'IA'}${upper(16)}"`],
	['AWS secret key', `aws_secret_access_key = "${random(40)}"`],
	['Google API key', `"AI${'za'}${random(35)}"`],
	['Google OAuth secret', `"GOC${'SPX'}-${random(28)}"`],
	['Azure storage key', `AccountKey=${random(86)}==`],
	['Azure client secret', `"abc8${'Q~'}${random(34)}"`],
	['Azure signature', `https://x.blob.core.windows.net/a?sp=r&sig=${random(43)}%3D`],
	['Alibaba key', `"LT${'AI'}${random(20)}"`],
	['Tencent key', `"AK${'ID'}${random(32)}"`],
	['GitHub token', `"gh${'p'}_${random(36)}"`],
	['GitHub fine-grained token', `"github_${'pat'}_${random(22)}_${random(59)}"`],
	['GitLab token', `"gl${'pat'}-${random(20)}"`],
	['Bitbucket URL', `https://someone:${random(20)}@bitbucket.org/x/y.git`],
	['Slack bot token', `"xo${'xb'}-${digits(12)}-${digits(12)}-${random(24)}"`],
	['Slack webhook', `https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${random(24)}`],
	['Discord webhook', `https://discord.com/api/webhooks/${digits(18)}/${random(68)}`],
	['Telegram token', `"${digits(9)}:A${'A'}${random(33)}"`],
	['Stripe key', `"sk_${'live'}_${random(24)}"`],
	['Square token', `"sq0${'atp'}-${random(22)}"`],
	['EasyPost key', `"EZ${'AK'}${random(54)}"`],
	['Shippo token', `"shippo_${'live'}_${hex(40)}"`],
	['Shopify token', `"shp${'at'}_${hex(32)}"`],
	['Twilio key', `"S${'K'}${hex(32)}"`],
	['SendGrid key', `"S${'G'}.${random(22)}.${random(43)}"`],
	['Mailgun key', `"ke${'y'}-${hex(32)}"`],
	['Mailchimp key', `"${hex(32)}-u${'s'}12"`],
	['Brevo key', `"xkey${'sib'}-${hex(64)}-${random(16)}"`],
	['HubSpot token', `"pa${'t'}-na1-${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}"`],
	['Facebook token', `"EA${'AC'}${random(90)}"`],
	['npm token', `"np${'m'}_${random(36)}"`],
	['PyPI token', `"pypi-AgEIcHlw${'aS5vcmc'}${random(60)}"`],
	['RubyGems key', `"ruby${'gems'}_${hex(48)}"`],
	['crates.io token', `"ci${'o'}${random(32)}"`],
	['Clojars token', `"CLOJ${'ARS'}_${lower(60)}"`],
	['Docker token', `"dckr_${'pat'}_${random(27)}"`],
	['Artifactory key', `"AK${'C'}p8${lower(10)}${random(60)}"`],
	['OpenAI key', `"sk-${'proj'}-${random(48)}"`],
	['Anthropic key', `"sk-${'ant'}-api03-${random(40)}"`],
	['Hugging Face token', `"h${'f'}_${random(34)}"`],
	['Groq key', `"gs${'k'}_${random(52)}"`],
	['xAI key', `"xa${'i'}-${random(80)}"`],
	['Perplexity key', `"pp${'lx'}-${random(48)}"`],
	['Replicate token', `"r${'8'}_${random(37)}"`],
	['LangSmith key', `"ls${'v2'}_pt_${hex(32)}_${hex(10)}"`],
	['Databricks token', `"da${'pi'}${hex(32)}"`],
	['DigitalOcean token', `"dop${'_v1'}_${hex(64)}"`],
	['Fly.io token', `"fo${'1'}_${random(43)}"`],
	['Supabase token', `"sb${'p'}_${hex(40)}"`],
	['PlanetScale token', `"pscale_${'tkn'}_${random(43)}"`],
	['Cloudflare origin key', `"v1.${'0'}-${hex(24)}-${hex(146)}"`],
	['Tailscale key', `"ts${'key'}-auth-${random(17)}-${random(32)}"`],
	['Pulumi token', `"pu${'l'}-${hex(40)}"`],
	['Terraform token', `"${random(14)}.atlas${'v1'}.${random(67)}"`],
	['Vault token', `"hv${'s'}.${random(24)}"`],
	['Doppler token', `"dp.${'pt'}.${random(43)}"`],
	['Grafana token', `"gl${'sa'}_${random(32)}_${hex(8)}"`],
	['New Relic key', `"NR${'AK'}-${upper(27)}"`],
	['Datadog key', `DD_API_${'KEY'}: "${hex(32)}"`],
	['Dynatrace token', `"dt0${'c01'}.${upper(24)}.${upper(64)}"`],
	['Sentry token', `"sn${'trys'}_${random(70)}"`],
	['Buildkite token', `"bk${'ua'}_${hex(40)}"`],
	['CircleCI token', `"CCI${'PAT'}_${random(22)}_${hex(40)}"`],
	['Prefect key', `"pn${'u'}_${random(36)}"`],
	['Postman key', `"PM${'AK'}-${hex(24)}-${hex(34)}"`],
	['Figma token', `"fi${'gd'}_${random(40)}"`],
	['Notion token', `"nt${'n'}_${random(43)}"`],
	['Linear key', `"lin_${'api'}_${random(40)}"`],
	['Airtable token', `"pa${'t'}${random(14)}.${hex(64)}"`],
	['Atlassian token', `"ATA${'TT3'}${random(110)}"`],
	['Mapbox secret', `"s${'k'}.ey${'J'}${random(40)}.${random(22)}"`],
	['Adafruit key', `"ai${'o'}_${random(28)}"`],
	['JSON Web Token', `"ey${'J'}${random(20)}.ey${'J'}${random(40)}.${random(30)}"`],
	['PostgreSQL URL', `postgres://app:${random(12)}@db.internal:5432/x`],
	['Redis URL', `redis://:${random(16)}@cache.internal:6379`],
	['connection string', `"Server=db;User Id=app;${'Password'}=${random(12)};"`],
	['bearer header', `'Authorization': '${'Bearer'} ${random(32)}'`],
	['basic header', `'Authorization': '${'Basic'} ${random(32)}=='`],
	['password in an assignment', `const ${'password'} = "${random(12)}";`],
	['client secret in an object', `{ client_${'secret'}: '${random(20)}' }`],
	['token in the environment', `export API_${'TOKEN'}=${random(20)}`],
];

/** Code that resembles no other, in the shape of the language's comment where the secret stands. */
const code = (index: number, text: string) => {
	const name = `${'abcdefghij'[Math.floor(index / 10) % 10]}${'klmnopqrst'[index % 10]}`;
	const words = 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(
		' ',
	);
	const lines = words.map((word) => `const ${word}Of${name} = ${name}Table.${word} + ${word}Rest${name};\n`);
	return [...lines.slice(0, 6), `${text}\n`, ...lines.slice(6)].join('');
};

describe('corpus: planted secrets', () => {
	let folder = '';
	let repository: Repository;
	let found: Audit;

	before(async function () {
		this.timeout(60_000);
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-planted-'));
		for (const [index, [, text]] of PLANTED.entries()) {
			fs.writeFileSync(path.join(folder, fileOf(index)), code(index, text));
		}
		fs.writeFileSync(path.join(folder, 'clean.ts'), code(PLANTED.length, '// Nothing to hide.'));
		execFileSync('git', ['init', '-q'], { cwd: folder });
		execFileSync('git', ['add', '-A'], { cwd: folder });
		repository = { name: 'planted', folder, gitPath: 'git' };
		found = await audit([repository], () => undefined, new AbortController().signal);
	});
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	const fileOf = (index: number) => `file${String(index).padStart(3, '0')}.ts`;

	it('are of more than fifty kinds', () => {
		assert.ok(PLANTED.length > 50);
		assert.equal(new Set(PLANTED.map(([kind]) => kind)).size, PLANTED.length);
	});

	for (const [index, [kind]] of PLANTED.entries()) {
		it(`${kind}: out`, () => {
			const verdict = found.files.find((file) => file.path === fileOf(index))?.verdict;
			assert.equal(verdict?.type === 'out' ? verdict.stage : 'in', 'secret');
		});
	}

	it('take nothing else with them', () => {
		const clean = found.files.find((file) => file.path === 'clean.ts');
		assert.equal(clean?.verdict.type, 'in');
	});

	it('do not come in by hand either', async function () {
		this.timeout(60_000);
		const forced = { in: PLANTED.map((_, index) => fileOf(index)), out: [] };
		const { files } = await audit([{ ...repository, forced }], () => undefined, new AbortController().signal);
		assert.deepEqual(
			files.filter((file) => file.verdict.type === 'in').map((file) => file.path),
			['clean.ts'],
		);
		const worker = new AuditWorker(path.join(root, 'dist/corpusWorker.js'));
		const verdict = await worker.judge({ repository, file: fileOf(0) }, new AbortController().signal);
		assert.equal(verdict.type === 'out' && verdict.stage, 'secret');
	});

	it('stand in no report', () => {
		const report = auditReport(found);
		for (const [kind, text] of PLANTED) {
			for (const part of text.match(/[\w+/]{12,}/g) ?? []) {
				assert.ok(!/\d/.test(part) || !report.includes(part), kind);
			}
		}
	});
});
