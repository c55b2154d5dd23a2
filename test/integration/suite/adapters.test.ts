/** Adapters as a user of the editor chooses them: listed, used at once, kept over a restart of the model, turned off, deleted. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FamiliarApi } from '../../../src/extension';
import { readGgufFile } from '../../../src/inference/gguf/gguf';
import type { ModelDescription } from '../../../src/inference/model';
import { commands, settings } from '../../../src/manifest';
import { writeGguf } from '../../support/ggufWriter';
import { familiar, stateOf, withSetting } from './familiar';

const RANK = 4;
const MATRIX = 'blk.0.attn_q.weight';
/** Milliseconds between two looks at a menu, which tells nobody that it is open. */
const LOOK = 100;

/** An adapter of one matrix of this model, from elsewhere: it does not say what it was trained for. */
function writeAdapter(file: string, model: ModelDescription): void {
	const tensor = readGgufFile(model.path).tensors.find((one) => one.name === MATRIX);
	const [inputs = 0, outputs = 0] = tensor?.shape ?? assert.fail(`${MATRIX} in ${model.path}`);
	const text = (value: string) => ({ type: 'string', value }) as const;
	fs.mkdirSync(path.dirname(file), { recursive: true });
	writeGguf(file, {
		metadata: {
			'general.architecture': text(model.architecture),
			'general.type': text('adapter'),
			'general.name': text('from elsewhere'),
			'adapter.type': text('lora'),
			'adapter.lora.alpha': { type: 'float32', value: RANK },
		},
		tensors: [
			{
				name: `${MATRIX}.lora_a`,
				shape: [inputs, RANK],
				type: 'F32',
				fill: (values) => void values.fill(0.1),
			},
			{
				name: `${MATRIX}.lora_b`,
				shape: [RANK, outputs],
				type: 'F32',
				fill: (values) => void values.fill(0.1),
			},
		],
	});
}

describe('adapters', () => {
	let api: FamiliarApi;
	let file: string;

	before(async () => {
		api = await familiar();
		const { model } = await stateOf(api, 'ready');
		file = path.join(api.storage, 'adapters', 'elsewhere.gguf');
		writeAdapter(file, model);
	});
	after(() => fs.rmSync(file, { force: true }));
	afterEach(() => vscode.commands.executeCommand('workbench.action.closeQuickOpen'));

	async function used() {
		const { model } = await stateOf(api, 'ready');
		return model.adapters;
	}

	/** Takes the first item of each menu that opens, until the model is as wanted. */
	async function acceptUntil(isSo: () => Promise<boolean>): Promise<void> {
		const command = vscode.commands.executeCommand(commands.selectAdapter);
		while (!(await isSo())) {
			await new Promise((resolve) => setTimeout(resolve, LOOK));
			await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
		}
		await command;
	}

	it('are used as soon as they are chosen', async () => {
		await acceptUntil(async () => (await used()).length === 1);
		assert.deepEqual(await used(), [{ path: file, scale: 1 }]);
	});

	/** Resolves when the model was loaded anew and has an adapter. */
	function loadedAnew(): Promise<void> {
		return new Promise((resolve) => {
			let wasGone = false;
			const subscription = api.model.onDidChangeState((state) => {
				wasGone ||= state.type !== 'ready';
				if (wasGone && state.type === 'ready' && state.model.adapters.length === 1) {
					subscription.dispose();
					resolve();
				}
			});
		});
	}

	it('are there again after the model was loaded anew', async () => {
		let back: Promise<void> | undefined;
		const first = loadedAnew();
		await withSetting(settings.contextSize.key, 512, async () => {
			await first;
			back = loadedAnew();
		});
		await back;
		assert.deepEqual(await used(), [{ path: file, scale: 1 }]);
	});

	it('are turned off', async () => {
		await acceptUntil(async () => (await used()).length === 0);
		assert.deepEqual(await used(), []);
	});
});
