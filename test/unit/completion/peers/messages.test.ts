/** What somebody is told of requests that fail: llama.vscode shows a message for each, over what one is typing. */
import * as assert from 'node:assert/strict';
import { registerCompletions } from '../../../../src/completion/provider';
import { ChatModel } from '../../../../src/inference/chatModel';
import type { LoadableModel } from '../../../../src/inference/chosenModels';
import { ModelUnavailable, type Problem } from '../../../../src/inference/model';
import { ModelCommands } from '../../../../src/inference/modelCommands';
import { readSettings } from '../../../../src/manifest';
import { house, LONG } from '../../../support/completionHouse';
import { FakeModel } from '../../../support/fakeModel';
import { askForCompletion, shownErrors } from '../../../support/fakeVscode';
import { recordingLog, silentLog } from '../../../support/silentLog';

class Loadable extends FakeModel implements LoadableModel {
	load(): Promise<void> {
		return Promise.resolve();
	}

	refuse(problem: Problem): void {
		this.change({ type: 'failed', problem });
	}

	restart(): Promise<void> {
		return Promise.resolve();
	}
}

function get<T>(key: string): T | undefined;
function get<T>(key: string, fallback: T): T;
function get<T>(_key: string, fallback?: T): T | undefined {
	return fallback;
}

const TEN = Array.from({ length: 10 }, (_, index) => `const name${'x'.repeat(index)} = `);

const noSecrets = {
	keys: async () => [],
	get: async () => undefined,
	store: async () => undefined,
	delete: async () => undefined,
	onDidChange: () => ({ dispose: () => undefined }),
};

describe('peers: messages', () => {
	/** The engine, the face of the editor and that of the model, all of them real. */
	function faces() {
		const model = new Loadable();
		const log = recordingLog();
		const { engine, clock } = house({ model, log });
		const faces = [
			registerCompletions(engine, log),
			new ModelCommands({
				model,
				chat: new ChatModel(model, () => model),
				starterPath: '/starter.gguf',
				cacheFolder: '/cache',
				storage: '/storage',
				extensionVersion: '0',
				secrets: noSecrets,
				memory: { keys: () => [], get, update: () => Promise.resolve() },
				log: silentLog,
				settings: () => readSettings(() => undefined),
			}),
			engine,
		];
		return {
			model,
			log,
			/** What the editor gets for each of ten lines that are typed one after the other. */
			async askTenTimes() {
				const given: unknown[] = [];
				for (const line of TEN) {
					const items = askForCompletion(line);
					await clock.pass(LONG);
					given.push(await items);
				}
				return given;
			},
			dispose() {
				for (const face of faces) {
					face.dispose();
				}
			},
		};
	}

	beforeEach(() => {
		shownErrors.length = 0;
	});

	it('ten requests in a row that the model fails show nobody anything; the log has each', async () => {
		const { model, log, askTenTimes, dispose } = faces();
		model.onFill = () => ({ steps: [new Error('broken')] });
		assert.deepEqual(
			await askTenTimes(),
			TEN.map(() => []),
		);
		assert.equal(model.fills.length, TEN.length);
		assert.deepEqual(shownErrors, []);
		assert.equal(log.lines.filter((line) => /Completion failed.*broken/s.test(line)).length, TEN.length);
		dispose();
	});

	it('ten requests in a row whose model goes away show one message', async () => {
		const { model, askTenTimes, dispose } = faces();
		const problem: Problem = { code: 'host-crashed', message: 'It crashed.', remedies: ['restart'] };
		let asked = 0;
		const crash = async () => {
			asked++;
			model.change({ type: 'starting' });
			model.change({ type: 'failed', problem });
			throw new ModelUnavailable(problem);
		};
		const { state } = model;
		model.onFill = () => ({ steps: [crash()] });
		for (let time = 0; time < TEN.length; time++) {
			// As for a request that was let through before the last failure was told.
			model.state = state;
			await askTenTimes();
		}
		assert.ok(asked >= TEN.length, `${asked}`);
		assert.deepEqual(shownErrors, ['Familiar: It crashed.']);
		dispose();
	});
});
