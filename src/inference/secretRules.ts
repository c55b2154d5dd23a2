/** Our own rules for secrets in code: what keys of services look like. A rule matches a key, hardly ever anything else. */

interface SecretRule {
	/** As shown: "line 3: GitHub token". */
	readonly name: string;
	/** Global. Group 1, where there is one, is the secret itself; otherwise the whole match. */
	readonly pattern: RegExp;
	/** Bits a character that group 1 must have at least; for patterns that also match ordinary words. */
	readonly entropy?: number;
}

/** Names of variables and keys that hold secrets, with what may still follow before the assignment. */
const SECRET_NAME =
	'(?:password|passwd|passphrase|pwd|secret|token|credential|api[_-]?key|(?:access|auth|account|encryption|private|secret|signing)[_-]?key)(?:s|[_-]?(?:value|key|default|prod|dev|live))?\\d*';

export const SECRET_RULES: readonly SecretRule[] = [
	{
		name: 'private key',
		// A header alone stands in code that reads keys; here the key follows.
		pattern:
			/-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,160}?[A-Za-z0-9+/]{40,}|PuTTY-User-Key-File-\d:/g,
	},
	{ name: 'age key', pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/g },
	{ name: 'AWS access key', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g },
	{
		name: 'AWS secret key',
		pattern: /aws.{0,20}(?:secret|key).{0,20}["'`]([A-Za-z0-9/+]{40})["'`]/gi,
		entropy: 4,
	},
	{ name: 'Google API key', pattern: /\bAIza[\w-]{35}(?![\w-])/g },
	{ name: 'Google OAuth secret', pattern: /\bGOCSPX-[\w-]{28}(?![\w-])/g },
	{ name: 'Azure storage key', pattern: /AccountKey=[A-Za-z0-9+/]{86}==/g },
	{ name: 'Azure shared access signature', pattern: /[?&]sig=[A-Za-z0-9%]{43,}%3D/g },
	{ name: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{82})\b/g },
	{ name: 'GitLab token', pattern: /\bgl(?:pat|dt|ptt|rt|soat|cbt|ft|imt|agent|oas)-[\w-]{20,}/g },
	{ name: 'Slack token', pattern: /(?<![\w-])xox[abeoprs]-(?=[\w-]{0,200}\d)[\w-]{10,}/g },
	{ name: 'Slack webhook', pattern: /hooks\.slack\.com\/(?:services|workflows)\/[A-Z0-9]{8,}\/[\w/]{20,}/g },
	{ name: 'Discord webhook', pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,}/g },
	{ name: 'Telegram token', pattern: /\b\d{8,10}:AA[\w-]{33}(?![\w-])/g },
	{ name: 'Stripe key', pattern: /\b[rs]k_(?:live|test)_[0-9A-Za-z]{20,}/g },
	{ name: 'Twilio key', pattern: /\bSK[0-9a-f]{32}\b/g },
	{ name: 'SendGrid key', pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g },
	{ name: 'Mailgun key', pattern: /\bkey-[0-9a-f]{32}\b/g },
	{ name: 'Mailchimp key', pattern: /\b[0-9a-f]{32}-us\d{1,2}\b/g },
	{ name: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
	{ name: 'PyPI token', pattern: /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}/g },
	{ name: 'RubyGems key', pattern: /\brubygems_[0-9a-f]{48}\b/g },
	{
		name: 'OpenAI key',
		pattern: /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{40,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g,
	},
	{ name: 'Anthropic key', pattern: /\bsk-ant-[\w-]{20,}/g },
	{ name: 'Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{34}\b/g },
	{ name: 'Databricks token', pattern: /\bdapi[0-9a-f]{32}\b/g },
	{ name: 'DigitalOcean token', pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/g },
	{ name: 'Shopify token', pattern: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g },
	{ name: 'Linear key', pattern: /\blin_api_[A-Za-z0-9]{40}\b/g },
	{ name: 'Atlassian token', pattern: /\bATATT3[\w=-]{100,}/g },
	{ name: 'Vault token', pattern: /\bhv[sb]\.[\w-]{24,}/g },
	{ name: 'Terraform token', pattern: /\b\w{14}\.atlasv1\.[\w-]{60,}/g },
	{ name: 'Grafana token', pattern: /\bglsa_\w{32}_[0-9a-f]{8}\b/g },
	{ name: 'New Relic key', pattern: /\bNRAK-[A-Z0-9]{27}\b/g },
	{ name: 'Docker token', pattern: /\bdckr_(?:pat|oat)_[\w-]{20,}/g },
	{ name: 'Cloudflare key', pattern: /\bv1\.0-[0-9a-f]{24}-[0-9a-f]{146}\b/g },
	{ name: 'Fly.io token', pattern: /\bfo1_[\w-]{43}(?![\w-])|\bFlyV1\s+fm\d_[\w+/=,-]{50,}/g },
	{ name: 'Supabase token', pattern: /\bsb(?:p_[0-9a-f]{40}|_secret_[\w-]{22,})/g },
	{ name: 'PlanetScale token', pattern: /\bpscale_(?:tkn|oauth|pw)_[\w.=-]{32,}/g },
	{ name: 'Groq key', pattern: /\bgsk_[A-Za-z0-9]{52}\b/g },
	{ name: 'xAI key', pattern: /\bxai-[A-Za-z0-9]{80}\b/g },
	{ name: 'Perplexity key', pattern: /\bpplx-[A-Za-z0-9]{48}\b/g },
	{ name: 'Replicate token', pattern: /\br8_[A-Za-z0-9]{37}\b/g },
	{ name: 'LangSmith key', pattern: /\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b/g },
	{ name: 'Tailscale key', pattern: /\btskey-[a-z]+-[A-Za-z0-9]{8,}-[A-Za-z0-9]{20,}/g },
	{ name: 'Sentry token', pattern: /\bsntry[su]_[\w+/=-]{60,}/g },
	{ name: 'Postman key', pattern: /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b/g },
	{ name: 'Pulumi token', pattern: /\bpul-[0-9a-f]{40}\b/g },
	{
		name: 'Doppler token',
		pattern: /\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{40,44}\b/g,
	},
	{ name: 'Figma token', pattern: /\bfigd_[\w-]{40,}/g },
	{ name: 'Notion token', pattern: /\bntn_[A-Za-z0-9]{40,}/g },
	{ name: 'Airtable token', pattern: /\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b/g },
	{ name: 'HubSpot token', pattern: /\bpat-(?:na|eu)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g },
	{ name: 'Brevo key', pattern: /\bxkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}\b/g },
	{ name: 'Square token', pattern: /\bsq0(?:atp|csp|idp)-[\w-]{22,}|\bEAAA[\w-]{60}(?![\w-])/g },
	{ name: 'Facebook token', pattern: /\bEAA[A-Z][A-Za-z0-9]{80,}/g },
	{ name: 'EasyPost key', pattern: /\bEZ[AT]K[A-Za-z0-9]{54}\b/g },
	{ name: 'Shippo token', pattern: /\bshippo_(?:live|test)_[0-9a-f]{40}\b/g },
	{ name: 'Dynatrace token', pattern: /\bdt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b/g },
	{
		name: 'Datadog key',
		pattern: /\bdd(?:og)?[_-]?(?:api|app)[_-]?key["'`]?\s*[:=]\s*["'`]([0-9a-f]{32,40})["'`]/gi,
		entropy: 3,
	},
	{ name: 'Alibaba key', pattern: /\bLTAI[A-Za-z0-9]{20,26}\b/g },
	{ name: 'Tencent key', pattern: /\bAKID[A-Za-z0-9]{32}\b/g },
	{ name: 'Azure client secret', pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g },
	{ name: 'Artifactory key', pattern: /\bAKC[a-z0-9]{10,}[A-Za-z0-9]{53,}\b/g },
	{ name: 'Buildkite token', pattern: /\bbk(?:ua|at|ct)_[0-9a-f]{40}\b/g },
	{ name: 'CircleCI token', pattern: /\bCCI(?:PAT|PRJ)_[A-Za-z0-9]{20,}_[0-9a-f]{40}\b/g },
	{ name: 'Prefect key', pattern: /\bpn[ub]_[A-Za-z0-9]{36}\b/g },
	{ name: 'Clojars token', pattern: /\bCLOJARS_[0-9a-z]{60}\b/g },
	{ name: 'Crates.io token', pattern: /\bcio[A-Za-z0-9]{32}\b/g },
	{ name: 'Mapbox secret', pattern: /\bsk\.eyJ[\w-]{20,}\.[\w-]{20,}/g },
	{ name: 'Adafruit key', pattern: /\baio_[A-Za-z0-9]{28}\b/g },
	{
		name: 'WireGuard key',
		pattern: /^[ \t]*(?:PrivateKey|PresharedKey)[ \t]*=[ \t]*[A-Za-z0-9+/]{43}=[ \t]*$/gm,
	},
	{ name: 'JSON Web Token', pattern: /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g },
	{
		name: 'password in a URL',
		pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'`<>{}$]{0,64}:([^\s:/@"'`<>{}$]{3,128})@[\w.[][\w.-]*/gi,
	},
	{
		name: 'password in a connection string',
		pattern: /(?:server|data source|host|user id|uid)=[^\n]{0,200};\s*(?:password|pwd)=([^;"'`\s]{6,128})/gi,
	},
	{
		name: 'authorisation header',
		pattern: /\b(?:Bearer|Basic)\s+(?=[\w+/.=-]*\d)([\w+/.=-]{20,512})/g,
		entropy: 3.5,
	},
	{
		name: 'secret in an assignment',
		pattern: new RegExp(
			`${SECRET_NAME}["'\`\\]]{0,2}\\s*(?::\\s*[\\w<>|.]{1,40}\\s*=|=>|:=|={1,3}|:|,)\\s*[brfu]{0,2}["'\`]([^"'\`\\s]{8,256})["'\`]`,
			'gi',
		),
		entropy: 3.5,
	},
	{
		name: 'secret in an environment variable',
		pattern:
			/^[ \t]*(?:export\s+|set\s+)?[A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY)[A-Z0-9_]{0,60}=([^\s"'`$(){}<>;]{8,256})[ \t]*$/gm,
		entropy: 3.5,
	},
];
