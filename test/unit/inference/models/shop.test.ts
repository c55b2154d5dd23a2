/** The way to a model as the user goes it: what is offered, what is asked of whom and when, and what follows. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { abortError } from '../../../../src/inference/cancel';
import type { Dialogues, Picked, Row, RowButton } from '../../../../src/inference/models/dialogues';
import { DownloadFailure } from '../../../../src/inference/models/failure';
import type { ModelRecord, StoredModel } from '../../../../src/inference/models/library';
import { ModelShop, type ShopDependencies } from '../../../../src/inference/models/shop';
import { recordingLog } from '../../../support/silentLog';

const GB = 2 ** 30;
const BEST = 'Qwen2.5-Coder 1.5B Instruct';
const RECORD: ModelRecord = {
	name: 'Mine Q4_K_M',
	origin: 'owner/mine-GGUF',
	licence: 'Apache-2.0',
	roles: ['completion', 'chat'],
	files: [{ name: 'mine.gguf', address: 'https://h/mine.gguf', bytes: 100e6, sha256: undefined }],
};
const STORED: StoredModel = {
	record: RECORD,
	path: '/models/mine.gguf',
	bytes: 40e6,
	total: 100e6,
	isComplete: false,
};

describe('inference/models/shop', () => {
	const events: string[] = [];
	let lists: (readonly string[])[];
	/** The beginning of the label to pick in each list; `-` for its trash, `+` for its other sizes. */
	let picks: string[];
	let asks: (string | undefined)[];
	let buttons: (string | undefined)[];
	let failures: unknown[];
	let stored: StoredModel[];
	let records: ModelRecord[];
	let token: string | undefined;
	/** Whether a model was chosen already, so that the starter does nothing. */
	let isChosen: boolean;
	let log = recordingLog();

	beforeEach(() => {
		events.length = 0;
		[lists, picks, asks, buttons, failures, stored, records] = [[], [], [], [], [], [], []];
		token = undefined;
		isChosen = false;
		log = recordingLog();
	});

	/** A row has the button that is pressed. */
	function actionOf(wanted: string, button: RowButton | undefined): Picked<unknown>['action'] {
		const pressed = wanted.startsWith('-') ? 'delete' : wanted.startsWith('+') ? 'sizes' : undefined;
		assert.ok(pressed === undefined || pressed === button, wanted);
		return pressed ?? 'pick';
	}

	const dialogues: Dialogues = {
		async pick<T>(title: string, _placeholder: string, rows: readonly Row<T>[]) {
			events.push(title);
			lists.push(
				rows.map((row) =>
					'heading' in row
						? `— ${row.heading}`
						: `${row.label} | ${row.description ?? ''} | ${row.detail ?? ''}`,
				),
			);
			const wanted = picks.shift() ?? 'nothing';
			const name = wanted.replace(/^[-+]/, '');
			const row = rows.find((one) => 'label' in one && one.label.includes(name));
			return row === undefined || 'heading' in row
				? undefined
				: { value: row.value, action: actionOf(wanted, row.button) };
		},
		async ask(title, _prompt, isSecret, check) {
			const text = asks.shift();
			events.push(`${title}${isSecret ? ' (secret)' : ''}`);
			assert.equal(text === undefined ? undefined : check(text), undefined);
			return text;
		},
		during: (title, action) => {
			events.push(`… ${title}`);
			return action((message) => events.push(`  ${message}`), new AbortController().signal);
		},
		async tell(kind, message, button) {
			events.push(`${kind}: ${message}${button === undefined ? '' : ` [${button}]`}`);
			return buttons.shift();
		},
		async confirm(message) {
			events.push(`confirm: ${message}`);
			return true;
		},
		browse: async () => '/disk/browsed.gguf',
	};

	function fail(): void {
		const failure = failures.shift();
		if (failure !== undefined) {
			throw failure;
		}
	}

	const open = (changes: Partial<ShopDependencies> = {}) => make(changes).open();

	function make(changes: Partial<ShopDependencies>): ModelShop {
		return new ModelShop({
			dialogues,
			hub: {
				search: async (words) => {
					events.push(`hub: search ${words}`);
					fail();
					return [{ repository: 'a/found-GGUF', downloads: 1234, licence: 'mit', isGated: true }];
				},
				files: async (repository, revision, given) => {
					events.push(`hub: files of ${repository} at ${revision} with ${given}`);
					fail();
					return [
						{ path: 'x-q2_k.gguf', bytes: 50e6, sha256: 'a'.repeat(64) },
						{ path: 'x-q4_k_m.gguf', bytes: 100e6, sha256: 'b'.repeat(64) },
					];
				},
			},
			downloads: {
				run: async (record, given, onProgress) => {
					records.push(record);
					events.push(`download ${record.origin}: ${record.files.map(({ name }) => name)} with ${given}`);
					onProgress({ phase: 'downloading', bytes: 25e6, total: 100e6 });
					fail();
					return `/models/${record.files[0]?.name}`;
				},
			},
			library: {
				list: async () => stored,
				remove: async ({ record }) => {
					events.push(`remove ${record.name}`);
				},
			},
			token: {
				get: async () => token,
				set: async (value) => {
					token = value;
				},
			},
			machine: () => ({
				memory: 16 * GB,
				hasGpu: false,
				free: 12 * GB,
				profile: undefined,
				speed: undefined,
			}),
			translate: english,
			log,
			inUse: () => [''],
			recent: () => ['/disk/old.gguf'],
			use: async (file, roles) => {
				events.push(`use ${file} for ${roles.join('+')}`);
				return true;
			},
			giveUp: async (file) => {
				events.push(`give up ${file}`);
			},
			isStarterFor: (roles) => !isChosen && !roles.includes('embedding'),
			bring: async (what) => {
				events.push(`bring ${what}`);
				fail();
				return '/models/imported/brought.gguf';
			},
			...changes,
		});
	}

	it('asks nobody anything before the user wants it', async () => {
		await open();
		assert.deepEqual(events, ['Familiar: Select Model']);
	});

	it('offers what fits first, what is here, and the catalogue by use, marked', async () => {
		await open();
		const list = lists[0] ?? [];
		assert.equal(list[0], '— recommended for 17.2 GB of memory, without a GPU');
		assert.match(
			list[1] ?? '',
			new RegExp(
				`star-full.* ${BEST} \\| 1\\.5 B parameters · Apache-2\\.0 \\| speed unknown until a model ran here · needs 1\\.\\d GB, 12\\.9 GB free · 32,768 tokens of context · can be fine-tuned · not verified by Familiar`,
			),
		);
		assert.deepEqual(
			list.filter((row) => row.startsWith('—')).slice(1),
			[
				'on this machine',
				'get another',
				'completion and chat',
				'completion only',
				'chat only',
				'search by meaning',
			].map((one) => `— ${one}`),
		);
		const here = list.slice(list.indexOf('— on this machine') + 1, list.indexOf('— get another'));
		assert.match(here[0] ?? '', /Starter model \| ships with.* · in use/);
		assert.match(here[1] ?? '', /old\.gguf \| \/disk/);
		assert.match(list.find((row) => row.includes('Codestral')) ?? '', /MNPL-0\.1\) · not for commercial use/);
		const stars = list.slice(2).filter((row) => row.includes('star-full'));
		assert.equal(stars.length, 3, 'one each of three groups has a standard');
	});

	it('goes from the starter to a model in use in two clicks: the command and the row', async () => {
		picks = [BEST];
		await open();
		assert.deepEqual(events, [
			'Familiar: Select Model',
			'… Asking the hub for the files of Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF',
			'hub: files of Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF at main with undefined',
			`… Downloading ${BEST} Q4_K_M`,
			'download Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF: x-q4_k_m.gguf with undefined',
			'  25 MB of 100 MB',
			'use /models/x-q4_k_m.gguf for completion+chat',
			`information: ${BEST} Q4_K_M is here and in use now, in place of the starter. [Undo]`,
		]);
		assert.deepEqual(records[0]?.files, [
			{
				name: 'x-q4_k_m.gguf',
				address: 'https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/x-q4_k_m.gguf',
				bytes: 100e6,
				sha256: 'b'.repeat(64),
			},
		]);
	});

	it('takes that back when the user wants, and nothing that was chosen since', async () => {
		picks = [BEST];
		buttons = ['Undo'];
		await open();
		assert.equal(events.at(-1), 'give up /models/x-q4_k_m.gguf');
	});

	it('says nothing of a model in use that cannot be used', async () => {
		picks = [BEST];
		await open({ use: async () => false });
		assert.deepEqual(
			events.filter((event) => event.startsWith('information')),
			[],
		);
	});

	it('asks whoever has chosen a model before', async () => {
		isChosen = true;
		picks = [BEST, BEST];
		await open();
		assert.equal(events.at(-1), `information: ${BEST} Q4_K_M is here. [Use It Now]`);
		buttons = ['Use It Now'];
		await open();
		assert.equal(events.at(-1), 'use /models/x-q4_k_m.gguf for completion+chat');
	});

	it('lists other sizes at a button of the row, the best first', async () => {
		picks = [`+${BEST}`, 'Q2_K'];
		await open();
		assert.equal(events[3], `Familiar: Download ${BEST}`);
		assert.match(
			lists[1]?.[0] ?? '',
			/^\$\(star-full\) Q4_K_M \| 100 MB · Apache-2\.0 \| speed unknown until a model ran here · needs \d+ MB, 12\.9 GB free · x-q4_k_m\.gguf$/,
		);
		assert.equal(records[0]?.name, `${BEST} Q2_K`);
	});

	it('lists them, too, where none fits', async () => {
		picks = ['480B'];
		await open({
			hub: {
				search: async () => [],
				files: async () => [{ path: 'x-q4_k_m.gguf', bytes: 290e9, sha256: 'b'.repeat(64) }],
			},
		});
		assert.equal(lists.length, 2);
		assert.equal(records.length, 0);
	});

	it('uses a model for embeddings as one, and one for the chat alone for the chat', async () => {
		picks = ['Qwen3 Embedding'];
		buttons = ['Use It Now'];
		await open();
		assert.equal(events.at(-1), 'use /models/x-q4_k_m.gguf for embedding');
		for (const name of [
			'DeepSeek-Coder 6.7B Instruct',
			'Granite Code 8B Instruct',
			'CodeGemma 1.1 7B Instruct',
		]) {
			picks = [name];
			await open();
			assert.equal(events.at(-2), 'use /models/x-q4_k_m.gguf for chat', name);
		}
	});

	it('knows a repository of the catalogue, though it was searched for', async () => {
		picks = ['Search the', 'granite-8b-code-instruct', 'Q2_K'];
		asks = ['granite'];
		await open({
			hub: {
				search: async () => [
					{
						repository: 'ibm-granite/granite-8b-code-instruct-4k-GGUF',
						downloads: 1,
						licence: undefined,
						isGated: false,
					},
				],
				files: async () => [{ path: 'x-q2_k.gguf', bytes: 50e6, sha256: 'a'.repeat(64) }],
			},
		});
		assert.deepEqual(records[0]?.roles, ['chat']);
	});

	it('searches the hub, and lists sizes and quantisations of what is found', async () => {
		picks = ['Search the', 'a/found', 'Q2_K'];
		asks = [' code '];
		await open();
		assert.ok(events.includes('hub: search code'));
		assert.match(lists[1]?.[0] ?? '', /a\/found-GGUF \| 1,234 downloads · mit · asks to accept its terms/);
		assert.equal(records[0]?.name, 'found Q2_K');
	});

	it('follows a pasted link to a file of the hub without another question', async () => {
		picks = ['Paste'];
		asks = ['hf:a/b-GGUF/x-q2_k.gguf'];
		await open();
		assert.equal(lists.length, 1);
		assert.equal(records[0]?.files[0]?.name, 'x-q2_k.gguf');
		picks = ['Paste'];
		asks = ['hf:a/b-GGUF/none.gguf'];
		await open();
		assert.match(events.at(-1) ?? '', /error: a\/b-GGUF\/none\.gguf has no such GGUF model/);
	});

	it('takes a link to any server, without the token and without the hub', async () => {
		token = 'hf_secret';
		picks = ['Paste'];
		asks = ['https://models.example/m.gguf?key=1'];
		await open();
		assert.deepEqual(records[0]?.files, [
			{ name: 'm.gguf', address: 'https://models.example/m.gguf?key=1', bytes: undefined, sha256: undefined },
		]);
		assert.equal(events.filter((event) => event.startsWith('hub:')).length, 0);
	});

	it('resumes what is under way, and uses what is whole', async () => {
		stored = [STORED];
		picks = ['Mine'];
		await open();
		assert.match(
			(lists[0] ?? []).find((row) => row.includes('Mine')) ?? '',
			/resume: 40 MB of 100 MB are here · Apache/,
		);
		assert.deepEqual(records, [RECORD]);
		stored = [{ ...STORED, isComplete: true }];
		picks = ['Mine'];
		await open();
		assert.equal(events.at(-1), 'use /models/mine.gguf for completion+chat');
	});

	it('downloads a model once at a time, and says that it does', async () => {
		stored = [STORED];
		let finish = () => {};
		const hasBegun = new Promise<void>((resolve) => {
			finish = resolve;
		});
		let end = () => {};
		const shop = make({
			downloads: {
				run: async (record) => {
					records.push(record);
					finish();
					await new Promise<void>((resolve) => {
						end = resolve;
					});
					return '/models/mine.gguf';
				},
			},
		});
		picks = ['Mine', 'Mine'];
		const first = shop.open();
		await hasBegun;
		await shop.open();
		assert.match((lists[1] ?? []).find((row) => row.includes('Mine')) ?? '', /is being downloaded/);
		assert.equal(records.length, 1);
		end();
		await first;
		assert.match(events.at(-1) ?? '', /^information: Mine Q4_K_M is here and in use now/);
	});

	it('tells of each step of a download, and can be cancelled from outside', async () => {
		const told: (string | undefined)[] = [];
		let begun = () => {};
		const hasBegun = new Promise<void>((resolve) => {
			begun = resolve;
		});
		const shop = make({
			downloads: {
				run: (_record, _token, onProgress, signal) =>
					new Promise((_resolve, reject) => {
						onProgress({ phase: 'downloading', bytes: 25e6, total: 100e6 });
						signal.addEventListener('abort', () => reject(abortError()));
						begun();
					}),
			},
		});
		const subscription = shop.onDidChange((key) => told.push(key));
		const ends = shop.follow({ type: 'stored', model: STORED });
		await hasBegun;
		const key = 'owner/mine-GGUF/mine.gguf';
		assert.deepEqual(told, [undefined, key]);
		assert.equal(shop.running.get(key)?.text, '25 MB of 100 MB');
		shop.running.get(key)?.cancel();
		await ends;
		assert.deepEqual(told, [undefined, key, undefined]);
		assert.equal(shop.running.size, 0);
		assert.equal(events.filter((event) => event.startsWith('error')).length, 0);
		subscription.dispose();
		await shop.remove({ ...STORED, isComplete: true });
		assert.equal(told.length, 3);
	});

	it('deletes after a question, and first gives up whatever it is used for: Windows deletes nothing that is open', async () => {
		stored = [{ ...STORED, isComplete: true }];
		picks = ['-Mine'];
		await open();
		assert.deepEqual(events.slice(1), [
			'confirm: Delete Mine Q4_K_M (40 MB) from this machine?',
			'give up /models/mine.gguf',
			'remove Mine Q4_K_M',
		]);
	});

	it('leaves the model alone where the answer to the question is no', async () => {
		stored = [{ ...STORED, isComplete: true }];
		picks = ['-Mine'];
		await open({ dialogues: { ...dialogues, confirm: async () => false } });
		assert.deepEqual(events.slice(1), []);
	});

	it('imports, browses, and takes an old one or the starter', async () => {
		for (const [pick, event] of [
			['Import a file', 'use /models/imported/brought.gguf for completion+chat'],
			['Import a folder', 'use /models/imported/brought.gguf for completion+chat'],
			['Choose a GGUF', 'use /disk/browsed.gguf for completion+chat'],
			['old.gguf', 'use /disk/old.gguf for completion+chat'],
			['Starter', 'use  for completion+chat'],
		] as const) {
			picks = [pick];
			await open();
			assert.equal(events.at(-1), event, pick);
		}
	});

	it('says what went wrong once, and tries again when asked to', async () => {
		picks = [BEST];
		failures = [undefined, new DownloadFailure('the disk is full', 'final')];
		buttons = ['Try Again', undefined];
		await open();
		assert.equal(events.filter((event) => event === 'error: the disk is full [Try Again]').length, 1);
		assert.equal(records.length, 2);
	});

	it('is silent when it is cancelled', async () => {
		picks = [BEST];
		failures = [undefined, abortError()];
		await open();
		assert.equal(events.at(-1), '  25 MB of 100 MB');
		assert.deepEqual(log.lines, []);
	});

	it('asks for a token where one is wanted, keeps it, and never logs it', async () => {
		picks = [BEST];
		failures = [new DownloadFailure('accept the terms', 'gated')];
		asks = [' hf_verysecret '];
		buttons = ['Enter Access Token…', undefined];
		await open();
		assert.equal(token, 'hf_verysecret');
		assert.ok(events.includes('Familiar: Access Token (secret)'));
		assert.ok(events.some((event) => event.endsWith('at main with hf_verysecret')));
		assert.ok(events.some((event) => event.endsWith('x-q4_k_m.gguf with hf_verysecret')));
		assert.doesNotMatch(log.lines.join('\n'), /hf_verysecret/);
		assert.match(log.lines.join('\n'), /accept the terms/);
	});

	it('forgets the token where nothing is entered, and stops', async () => {
		token = 'hf_old_token';
		picks = [BEST];
		failures = [new DownloadFailure('no', 'gated')];
		asks = [''];
		buttons = ['Enter Access Token…'];
		await open();
		assert.equal(token, undefined);
		assert.equal(records.length, 0);
	});
});
