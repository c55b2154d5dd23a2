/** Which files are secret by their path, and why others that look like them are not. */
import * as assert from 'node:assert/strict';
import { isSecretFile } from '../../../src/inference/secretFiles';

/** Path and what it usually holds. */
const secret: readonly [path: string, reason: string][] = [
	['.env', 'the environment'],
	['app/.env.local', 'the environment of this machine'],
	['app/.ENV.production', 'any case'],
	['.env-staging', 'any separator'],
	['.env_backup', 'any separator'],
	['.env~', 'an editor’s copy of it'],
	['.env.keys', 'what decrypts the environment'],
	['.environment', 'another name for it'],
	['prod.env', 'the environment, named first'],
	['.envrc', 'direnv’s environment'],
	['.env.example.local', 'the last part counts: somebody filled in the example'],
	['.dev.vars', 'the environment of a Cloudflare worker'],
	['local.settings.json', 'the environment of an Azure function'],
	['certificate.pem', 'a private key, often enough'],
	['server.key', 'a private key'],
	['config/master.key', 'what decrypts the credentials of Rails'],
	['config/credentials.yml.enc', 'encrypted: no text to complete'],
	['id_rsa', 'a private key'],
	['id_ed25519', 'a private key'],
	['release.keystore', 'private keys'],
	['store.kdbx', 'passwords'],
	['C:\\Users\\me\\.ssh\\config', 'a folder of keys and hosts'],
	['/home/me/.ssh/known_hosts', 'a folder of keys and hosts'],
	['/home/me/.aws/config', 'a folder of access keys'],
	['/home/me/.docker/config.json', 'logins of registries, under an ordinary name'],
	['/home/me/.m2/settings.xml', 'logins of registries, under an ordinary name'],
	['/home/me/.config/gh/hosts.yml', 'a token of GitHub, under an ordinary name'],
	['.npmrc', 'a token of the registry'],
	['.yarnrc.yml', 'a token of the registry'],
	['.netrc', 'logins'],
	['.git-credentials', 'logins'],
	['.bash_history', 'what was typed, passwords too'],
	['aws/credentials', 'access keys'],
	['config/credentials.json', 'access keys'],
	['.cargo/credentials.toml', 'a token of the registry'],
	['client_secret_42.apps.json', 'an OAuth client'],
	['app-firebase-adminsdk-x1.json', 'a service account'],
	['k8s/secret.yaml', 'base64 is no encryption'],
	['.streamlit/secrets.toml', 'named so'],
	['terraform.tfstate', 'every value that Terraform knows'],
	['prod.auto.tfvars', 'passwords of the infrastructure'],
	['prod.tfvars', 'passwords of the infrastructure'],
];

/** Path and why it is completed all the same. */
const open: readonly [path: string, reason: string][] = [
	['', 'no name, no secret'],
	['src/index.ts', 'code'],
	['.env.example', 'published on purpose'],
	['.env.sample', 'published on purpose'],
	['.env.template', 'published on purpose'],
	['.env-example', 'published on purpose'],
	['.env.defaults', 'published on purpose'],
	['example.env', 'published on purpose'],
	['server.key.example', 'published on purpose'],
	['env.ts', 'code that reads the environment'],
	['env.d.ts', 'types of the environment'],
	['src/environment.ts', 'code'],
	['src/environments/environment.prod.ts', 'code that is compiled into what users get'],
	['env', 'a program, or a folder'],
	['config.json', 'ordinary; Continue blocks it'],
	['settings.json', 'ordinary; Continue blocks it'],
	['.vscode/settings.json', 'ordinary'],
	['package.json', 'ordinary'],
	['tsconfig.json', 'ordinary'],
	['appsettings.json', 'ordinary; its secrets belong elsewhere, and Git ignores those that are not tracked'],
	['docker/config.json', 'ordinary: the folder has no dot'],
	['settings.xml', 'ordinary outside of .m2'],
	['gradle.properties', 'ordinary: the project’s own'],
	['config/database.yml', 'ordinary: tracked, with references to the environment'],
	['google-services.json', 'shipped in every app'],
	['locales/en/auth.json', 'texts: the name is common for translations'],
	['tokens.json', 'design tokens'],
	['keys.json', 'key bindings, or translations'],
	['keys.ts', 'code'],
	['src/key.ts', 'code'],
	['src/secrets.ts', 'code about secrets'],
	['credentials.ts', 'code about credentials'],
	['lib/credentials/index.js', 'code about credentials'],
	['password.ts', 'code about passwords'],
	['pem.go', 'code about keys'],
	['id_rsa.pub', 'a public key'],
	['server.crt', 'a certificate is public'],
	['variables.tf', 'declares what .tfvars fill in'],
	['README.md', 'prose'],
	['.eslintrc', 'ordinary'],
	['.gitignore', 'ordinary'],
	['src/ssh/config.ts', 'code: the folder has no dot'],
];

describe('secret files', () => {
	for (const [path, reason] of secret) {
		it(`${path} is: ${reason}`, () => assert.equal(isSecretFile(path), true));
	}
	for (const [path, reason] of open) {
		it(`${path || '(no name)'} is not: ${reason}`, () => assert.equal(isSecretFile(path), false));
	}
});
