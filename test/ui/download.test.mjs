/**
 * From nothing to a model in use, in the real editor: searched on the hub, downloaded over a line that breaks, cancelled and
 * resumed, deleted. The hub is a server of this test behind `http.proxy`, which the editor honours for extensions: so
 * nothing in the product knows of it. All of it in Restricted Mode, in a workspace whose own settings lead astray.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { importTypeScript } from '../support/typescript.mjs';
import { until } from './familiar.mjs';
import { root, useWorkbench } from './session.mjs';

const { FileServer, cutAfter, sha256, stallAfter } = await importTypeScript('test/support/fileServer.ts');
const { ConnectProxy } = await importTypeScript('test/support/connectProxy.ts');

const REPOSITORY = 'familiar/tiny-coder-GGUF';
const NAME = 'tiny-coder-q4_k_m.gguf';
const OTHER = 'tiny-coder-q8_0.gguf';
const pathOf = (name) => `/${REPOSITORY}/resolve/main/${name}`;

describe('a model from the hub', () => {
	const model = fs.readFileSync(path.join(root, 'models/starter.gguf'));
	let server;
	let proxy;
	/** Where the models are kept. */
	let kept;
	let settings;

	// Before the workbench opens.
	before(async () => {
		server = await FileServer.start();
		proxy = await ConnectProxy.start(server.port);
		const json = (value) => Buffer.from(JSON.stringify(value));
		server.files.set(
			'/api/models',
			json([{ id: REPOSITORY, downloads: 4321, gated: false, tags: ['gguf', 'license:mit'] }]),
		);
		server.files.set(
			`/api/models/${REPOSITORY}/tree/main`,
			json(
				[NAME, OTHER].map((file) => ({
					type: 'file',
					path: file,
					size: model.length,
					lfs: { oid: sha256(model), size: model.length },
				})),
			),
		);
		server.files.set(pathOf(NAME), model);
		server.files.set(pathOf(OTHER), model);
	});

	const session = useWorkbench(
		(sample) => {
			kept = path.join(sample.userData, 'User/globalStorage/familiar.familiar/models');
			// Of the machine where the extension runs.
			settings = path.join(sample.userData, 'Machine/settings.json');
			const astray = {
				'http.proxy': 'http://127.0.0.1:1',
				'http.proxySupport': 'off',
				'http.proxyStrictSSL': true,
				'familiar.model.path': '/nowhere/else.gguf',
			};
			fs.mkdirSync(path.join(sample.workspace, '.vscode'), { recursive: true });
			fs.writeFileSync(path.join(sample.workspace, '.vscode/settings.json'), JSON.stringify(astray));
			return { 'http.proxy': proxy.address, 'http.proxyStrictSSL': false };
		},
		(familiar) => familiar.ready(),
		false,
	);

	after(async () => {
		proxy.stop();
		await server.stop();
	});

	const rows = (text) =>
		session.workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
	const filter = async (text) => {
		const input = session.workbench.page.locator('.quick-input-widget input[type=text]').first();
		await input.fill(text);
	};
	const openList = async () => {
		await session.workbench.runCommand('Familiar: Select Model');
		await rows('recommended for').first().waitFor();
	};
	const pick = async (text) => {
		await filter(text);
		await rows(text).first().click();
	};
	const search = async () => {
		await openList();
		await pick('Search the Hugging Face Hub');
		await session.workbench.page.getByText('Words in the name of a model').waitFor();
		await filter('tiny coder');
		await session.workbench.page.keyboard.press('Enter');
		await rows(REPOSITORY).first().waitFor();
	};
	const requests = (name) => server.seen.filter((one) => one.path === pathOf(name));
	const findKept = (name) =>
		fs
			.readdirSync(kept, { recursive: true })
			.filter((file) => path.basename(file).startsWith(name))
			.map((file) => path.join(kept, file));

	it('is not asked for anything while the list is only looked at', async () => {
		await openList();
		await session.workbench.shot('models list');
		await session.workbench.page.keyboard.press('Escape');
		assert.deepEqual(proxy.asked, []);
		assert.equal(fs.existsSync(kept), false);
	});

	it('is searched, downloaded over a line that breaks, and in use at once, in place of the starter', async () => {
		const { workbench, familiar } = session;
		await search();
		await workbench.shot('models found');
		await rows(REPOSITORY).first().click();
		await rows('Q4_K_M').first().waitFor();
		await workbench.shot('models quantisations');
		server.script.push(cutAfter(5_000_000, model));
		await rows('Q4_K_M').first().click();
		const here = workbench.toast('tiny-coder Q4_K_M is here');
		await here.waitFor({ timeout: 60_000 });
		await workbench.shot('model downloaded');
		assert.deepEqual(
			requests(NAME).map(({ range }) => range),
			[undefined, 'bytes=5000000-'],
		);
		assert.ok(proxy.asked.length > 0);
		assert.deepEqual([...new Set(proxy.asked)], ['huggingface.co:443']);
		const [file] = findKept(NAME).filter((one) => one.endsWith('.gguf'));
		assert.ok(fs.readFileSync(file).equals(model));
		await here.getByText('in use now, in place of the starter').waitFor();
		await here.getByRole('button', { name: 'Undo' }).waitFor();
		const isSet = () =>
			fs.existsSync(settings) &&
			/"familiar\.model\.path": ".*tiny-coder-q4_k_m\.gguf"/.test(fs.readFileSync(settings, 'utf8'));
		await until(isSet, 'The model was not put into the settings.');
		await familiar.ready();
	});

	it('completes with it', async () => {
		const { ghost } = await session.familiar.typeUntilGhostText();
		assert.notEqual(ghost.trim(), '');
		await session.familiar.page.keyboard.press('Escape');
	});

	it('keeps what is here when a download is cancelled, and offers to go on', async () => {
		const { workbench } = session;
		await search();
		await rows(REPOSITORY).first().click();
		await rows('Q8_0').first().waitFor();
		server.script.push(stallAfter(6_000_000, model));
		await rows('Q8_0').first().click();
		const toast = workbench.toast('Downloading tiny-coder Q8_0');
		await toast.filter({ hasText: '6 MB of 14 MB' }).waitFor({ timeout: 30_000 });
		await workbench.shot('model downloading');
		await toast.getByRole('button', { name: 'Cancel' }).click();
		await toast.waitFor({ state: 'hidden' });
		await openList();
		await rows('resume: 6 MB of 14 MB are here').first().waitFor();
		await workbench.shot('model to resume');
		await rows('resume: 6 MB of 14 MB are here').first().click();
		const here = workbench.toast('tiny-coder Q8_0 is here');
		await here.waitFor({ timeout: 60_000 });
		// Another one was chosen before: whether this one takes its place is asked.
		await here.getByRole('button', { name: 'Use It Now' }).waitFor();
		assert.equal(requests(OTHER).at(-1)?.range, 'bytes=6000000-');
	});

	it('is deleted after a question', async () => {
		const { workbench } = session;
		await openList();
		await filter('tiny-coder Q8_0');
		await rows('tiny-coder Q8_0').first().hover();
		await rows('tiny-coder Q8_0').first().locator('.codicon-trash').click();
		const dialog = workbench.page.locator('.monaco-dialog-box');
		await dialog.getByText('Delete tiny-coder Q8_0 (14 MB) from this machine?').waitFor();
		await workbench.shot('model delete');
		await dialog.getByRole('button', { name: 'Delete' }).click();
		await dialog.waitFor({ state: 'hidden' });
		await openList();
		await rows('Starter model').first().waitFor();
		assert.deepEqual(findKept('tiny-coder-q8'), []);
		assert.equal(findKept(NAME).length, 2, 'the other one, with its record');
		await workbench.page.keyboard.press('Escape');
	});
});
