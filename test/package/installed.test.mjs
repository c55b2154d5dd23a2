/** The VSIX, installed as a user installs it, completes code in the workbench. */
import assert from 'node:assert/strict';
import { packageExtension } from '../../scripts/package.mjs';
import { makeSample } from '../../scripts/sample.mjs';
import { Workbench } from '../host/driver.mjs';
import { installExtension } from '../host/server.mjs';
import { Familiar } from '../ui/familiar.mjs';
import { shots } from '../ui/session.mjs';

describe('installed VSIX', () => {
	let sample;
	let workbench;

	before(async () => {
		sample = makeSample();
		const vsix = await packageExtension({ reuse: true });
		await installExtension({ vsix, userDataDir: sample.userData, extensionsDir: sample.extensions });
		workbench = await Workbench.open({
			workspace: sample.workspace,
			userDataDir: sample.userData,
			extensionsDir: sample.extensions,
			shots,
		});
	});

	after(async () => {
		await workbench?.close();
		sample.remove();
	});

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') {
			await workbench?.shot('FAILED installed VSIX');
		}
	});

	it('shows ghost text and accepts it', async () => {
		const familiar = new Familiar(workbench, sample.workspace);
		await familiar.ready();
		const { ghost } = await familiar.typeUntilGhostText();
		await workbench.shot('installed VSIX');
		await familiar.accept();
		assert.ok((await workbench.text()).includes(ghost.trim().split('\n')[0]));
	});
});
