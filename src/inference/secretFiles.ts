/** Files that usually hold secrets: never sent to a model, never offered to it, never learned from. */

/** Whole names, lower case. */
const NAMES: ReadonlySet<string> = new Set([
	'.npmrc',
	'.yarnrc',
	'.yarnrc.yml',
	'.pypirc',
	'.netrc',
	'_netrc',
	'.pgpass',
	'.my.cnf',
	'.s3cfg',
	'.boto',
	'.htpasswd',
	'.git-credentials',
	'.dockercfg',
	'.dockerconfigjson',
	'.vault-token',
	'.vault_pass',
	'.secret',
	'.secrets',
	'credentials',
	'credentials.json',
	'credentials.yml',
	'credentials.yaml',
	'credentials.toml',
	'credentials.csv',
	'secrets.json',
	'secrets.yml',
	'secrets.yaml',
	'secrets.toml',
	'secret.json',
	'secret.yml',
	'secret.yaml',
	'service-account.json',
	'serviceaccount.json',
	'local.settings.json',
	'token.json',
	'password.txt',
	'passwords.txt',
	'kubeconfig',
	'.terraformrc',
	'wp-config.php',
	'htpasswd',
]);

/** Ends of names, lower case. */
const ENDINGS: readonly string[] = [
	'.pem',
	'.key',
	'.p12',
	'.pfx',
	'.p8',
	'.pk8',
	'.jks',
	'.jceks',
	'.keystore',
	'.kdbx',
	'.ppk',
	'.asc',
	'.gpg',
	'.ovpn',
	'.kubeconfig',
	'.tfstate',
	'.tfstate.backup',
	'.tfvars',
	'.tfvars.json',
	'.enc',
	'.mobileprovision',
	'.env',
];

/** Names with something in them that varies, lower case. */
const SHAPES: readonly RegExp[] = [
	/^\.env(?:rc|ironment)?(?:[._~-].*)?$/,
	/^\.dev\.vars(?:\..+)?$/,
	/^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
	/^client_secret.*\.json$/,
	/-firebase-adminsdk-.*\.json$/,
	/^\.\w+_history$/,
];

/** Folders whose files are all secret, lower case. */
const FOLDERS: readonly string[] = ['.ssh', '.gnupg', '.aws', '.azure', '.kube'];

/** Files with an ordinary name whose folder tells, lower case. */
const PLACES: readonly string[] = [
	'.docker/config.json',
	'.m2/settings.xml',
	'.gradle/gradle.properties',
	'gcloud/application_default_credentials.json',
	'gh/hosts.yml',
];

/** Examples that projects publish on purpose. */
const SAMPLE =
	/[._-](?:example|sample|template|dist|defaults?)$|^(?:example|sample|template|defaults?)\.env$/;

/**
 * Whether a file usually holds secrets, by its path alone (`/` or `\`, relative or absolute, any case).
 * `.env.example` and its like are no secrets.
 */
export function isSecretFile(path: string): boolean {
	const parts = path.toLowerCase().split(/[\\/]/).filter(Boolean);
	const name = parts.at(-1) ?? '';
	if (parts.slice(0, -1).some((folder) => FOLDERS.includes(folder))) {
		return true;
	}
	if (SAMPLE.test(name)) {
		return false;
	}
	return (
		NAMES.has(name) ||
		PLACES.includes(parts.slice(-2).join('/')) ||
		SHAPES.some((shape) => shape.test(name)) ||
		ENDINGS.some((ending) => name.endsWith(ending))
	);
}
