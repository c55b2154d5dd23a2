/** Tests of which files need a second confirmation before they are changed. */

import assert from 'node:assert/strict';
import { type Sensitivity, sensitivityOf } from '../../../src/chat/targets';

function check(path: string | undefined, expected: Sensitivity): void {
	it(`${path} → ${expected}`, () => assert.equal(sensitivityOf(path), expected));
}

describe('chat/targets', () => {
	check('src/a.ts', undefined);
	check('docs/package.json.md', undefined);
	check('src/vscode/settings.ts', undefined);
	check('src/profile.ts', undefined);
	check(undefined, 'outside-workspace');
	check('../a.ts', 'outside-workspace');
	check('a/../../b.ts', 'outside-workspace');
	for (const path of [
		'package.json',
		'packages/a/package.json',
		'.vscode/tasks.json',
		'.VSCode/Settings.json',
		'a/.git/hooks/pre-commit',
		'x.code-workspace',
		'.github/workflows/ci.yml',
		'.gitlab-ci.yml',
		'Jenkinsfile',
		'Makefile',
		'.ci/run',
		'home/.bashrc',
		'.bash_profile',
		'.zprofile',
		'.zshenv',
		'fish/config.fish',
		'GNUmakefile',
		'rules.mk',
	]) {
		check(path, 'runs-something');
	}
});
