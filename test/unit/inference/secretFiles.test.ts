/** Which files are secret by their path. */
import * as assert from 'node:assert/strict';
import { isSecretFile } from '../../../src/inference/secretFiles';

describe('secret files', () => {
	const secret = [
		'.env',
		'app/.env.local',
		'app/.ENV.production',
		'prod.env',
		'.envrc',
		'certificate.pem',
		'server.key',
		'id_rsa',
		'C:\\Users\\me\\.ssh\\config',
		'/home/me/.ssh/known_hosts',
		'/home/me/.aws/config',
		'.npmrc',
		'.netrc',
		'.git-credentials',
		'aws/credentials',
		'config/credentials.json',
		'store.kdbx',
		'terraform.tfstate',
		'prod.auto.tfvars',
		'id_ed25519',
	];
	const open = [
		'',
		'src/index.ts',
		'.env.example',
		'.env.sample',
		'environment.ts',
		'src/env.ts',
		'keys.ts',
		'src/key.ts',
		'id_rsa.pub',
		'credentials.ts',
		'README.md',
		'pem.go',
		'.eslintrc',
		'src/ssh/config.ts',
	];
	for (const path of secret) {
		it(`${path} is`, () => assert.equal(isSecretFile(path), true));
	}
	for (const path of open) {
		it(`${path || '(no name)'} is not`, () => assert.equal(isSecretFile(path), false));
	}
});
