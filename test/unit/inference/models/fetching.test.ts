/** A model counts as being downloaded for exactly as long as it is: not while a message about it waits to be read. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { Errands } from '../../../../src/inference/models/errands';
import { DownloadFailure } from '../../../../src/inference/models/failure';
import { Fetching, type FetchingDependencies } from '../../../../src/inference/models/fetching';
import { linkRecord } from '../../../../src/inference/models/records';
import { silentLog } from '../../../support/silentLog';

const record = linkRecord({
	type: 'file',
	address: new URL('https://models.example/m.gguf'),
	name: 'm.gguf',
});
const KEY = 'models.example/m.gguf';

describe('inference/models/fetching', () => {
	/** Settles the message that is shown now; undefined while there is none. */
	let answer: ((button: string | undefined) => void) | undefined;
	let downloads: number;
	let run: () => Promise<string>;
	let isTold: Promise<void>;

	function make(): Fetching {
		let told = () => {};
		isTold = new Promise((resolve) => {
			told = resolve;
		});
		const dependencies: FetchingDependencies & ConstructorParameters<typeof Errands>[0] = {
			dialogues: {
				pick: async () => undefined,
				ask: async () => undefined,
				confirm: async () => false,
				browse: async () => undefined,
				during: (_title, action) => action(() => undefined, new AbortController().signal),
				tell: () =>
					new Promise((resolve) => {
						answer = resolve;
						told();
					}),
			},
			downloads: {
				run: () => {
					downloads++;
					return run();
				},
			},
			token: { get: async () => undefined, set: async () => undefined },
			translate: english,
			log: silentLog,
			use: async () => true,
			giveUp: async () => undefined,
			isStarterFor: () => false,
		};
		return new Fetching(dependencies, new Errands(dependencies), () => undefined);
	}

	beforeEach(() => {
		answer = undefined;
		downloads = 0;
		run = async () => '/models/m.gguf';
	});

	it('until it is here, though nobody has read that', async () => {
		let end: ((file: string) => void) | undefined;
		run = () =>
			new Promise((resolve) => {
				end = resolve;
			});
		const fetching = make();
		const fetched = fetching.fetch(record);
		assert.deepEqual([...fetching.running.keys()], [KEY]);
		await fetching.fetch(record);
		await Promise.resolve();
		assert.equal(downloads, 1, 'each once at a time');
		end?.('/models/m.gguf');
		await isTold;
		assert.deepEqual([...fetching.running.keys()], []);
		answer?.(undefined);
		await fetched;
	});

	it('until it has failed, though nobody has read why, and again while it is tried again', async () => {
		run = () => Promise.reject(new DownloadFailure('no', 'final'));
		const fetching = make();
		const fetched = fetching.fetch(record);
		await isTold;
		assert.deepEqual([...fetching.running.keys()], []);
		const seen: string[][] = [];
		run = async () => {
			seen.push([...fetching.running.keys()]);
			return '/models/m.gguf';
		};
		const last = answer;
		last?.('Try Again');
		while (answer === last) {
			await new Promise(setImmediate);
		}
		assert.deepEqual(seen, [[KEY]]);
		assert.deepEqual([...fetching.running.keys()], []);
		answer?.(undefined);
		await fetched;
	});
});
