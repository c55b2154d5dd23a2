/** Files that usually hold secrets: never sent to a model, never offered to it, never learned from. */

/** Whole names, lower case. */
const NAMES: ReadonlySet<string> = new Set([
	'.npmrc',
	'.yarnrc',
	'.pypirc',
	'.netrc',
	'_netrc',
	'.pgpass',
	'.htpasswd',
	'.git-credentials',
	'.dockercfg',
	'.dockerconfigjson',
	'.vault-token',
	'credentials',
	'credentials.json',
	'credentials.yml',
	'credentials.yaml',
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
	'token.json',
	'kubeconfig',
	'master.key',
	'terraform.tfvars',
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
	'.jks',
	'.keystore',
	'.kdbx',
	'.ppk',
	'.asc',
	'.gpg',
	'.ovpn',
	'.tfstate',
	'.tfstate.backup',
	'.auto.tfvars',
	'.enc',
	'.mobileprovision',
];

/** Folders whose files are all secret, lower case. */
const FOLDERS: readonly string[] = ['.ssh', '.gnupg', '.aws', '.kube'];

/** Examples that projects publish on purpose. */
const SAMPLE = /\.(?:example|sample|template|dist|defaults?)$/;

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
		/^\.env(?:rc|\..+)?$/.test(name) ||
		name.endsWith('.env') ||
		/^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/.test(name) ||
		ENDINGS.some((ending) => name.endsWith(ending))
	);
}
