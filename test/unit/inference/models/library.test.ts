/** Models in Familiar's folder: from several files, from a disk, listed, resumed and removed. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { english } from '../../../../src/finetune/job/english';
import { isAbort } from '../../../../src/inference/cancel';
import { realDisk } from '../../../../src/inference/models/disk';
import { Downloads, type Progress } from '../../../../src/inference/models/downloads';
import { importModel, modelsIn } from '../../../../src/inference/models/importModel';
import { Library, type ModelRecord, modelKey } from '../../../../src/inference/models/library';
import { Web } from '../../../../src/inference/models/web';
import {
	answerWith,
	cutAfter,
	FileServer,
	randomFile,
	sha256,
	stallAfter,
	webOf,
} from '../../../support/fileServer';

const never = new AbortController().signal;
const PARTS = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'] as const;

describe('inference/models/library', () => {
	let folder: string;
	let library: Library;

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-library-'));
		library = new Library(path.join(folder, 'models'), english);
	});

	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	describe('from a server', () => {
		let server: FileServer;
		let downloads: Downloads;
		let record: ModelRecord;
		let seen: Progress[];

		beforeEach(async () => {
			server = await FileServer.start();
			downloads = new Downloads(
				{ web: webOf(server), disk: realDisk, translate: english, pauses: [] },
				library,
			);
			seen = [];
			record = {
				name: 'M Q4_K_M',
				origin: 'owner/m-GGUF',
				licence: 'Apache-2.0',
				roles: ['completion'],
				files: PARTS.map((name, index) => {
					const content = randomFile(200_000 + index);
					server.files.set(`/${name}`, content);
					return {
						name,
						address: server.address(`/${name}`).href,
						bytes: content.length,
						sha256: sha256(content),
					};
				}),
			};
		});

		afterEach(() => server.stop());

		const run = (one = record, signal = never) =>
			downloads.run(one, undefined, (progress) => seen.push(progress), signal);

		it('takes all parts of a model, and lists it as one', async () => {
			assert.deepEqual(await library.list(), []);
			const file = await run();
			assert.equal(path.basename(file), PARTS[0]);
			const [stored, ...others] = await library.list();
			assert.deepEqual(
				[stored?.path, stored?.bytes, stored?.total, stored?.isComplete, others],
				[file, 400_001, 400_001, true, []],
			);
			assert.deepEqual(stored?.record, record);
			assert.deepEqual(seen[0], { phase: 'queued', bytes: 0, total: 400_001 });
			assert.deepEqual(seen.at(-1), { phase: 'downloading', bytes: 400_001, total: 400_001 });
		});

		it('lists what is under way with what is here, and goes on from there', async () => {
			const content = server.files.get(`/${PARTS[1]}`) ?? Buffer.of();
			server.always = (request, response, serve) =>
				request.url === `/${PARTS[1]}` ? cutAfter(50_000, content)(request, response, serve) : serve();
			await assert.rejects(run(), /Try again|try again/);
			const [stored] = await library.list();
			assert.equal(stored?.isComplete, false);
			assert.ok(stored.bytes >= 50_000 && stored.bytes <= 250_000, String(stored.bytes));
			server.always = undefined;
			await run(stored.record);
			assert.equal((await library.list())[0]?.isComplete, true);
			assert.equal(server.seen.at(-1)?.range, 'bytes=50000-');
		});

		it('ends the other files when one fails, with the reason of that one', async () => {
			const content = server.files.get(`/${PARTS[0]}`) ?? Buffer.of();
			server.always = (request, response, serve) =>
				(request.url === `/${PARTS[0]}` ? stallAfter(1_000, content) : answerWith(404))(
					request,
					response,
					serve,
				);
			await assert.rejects(run(), /has no \/m-00002-of-00002\.gguf/);
		});

		it('is cancelled at once, and keeps what is here', async () => {
			const content = server.files.get(`/${PARTS[0]}`) ?? Buffer.of();
			const controller = new AbortController();
			server.always = stallAfter(1_000, content);
			const running = downloads.run(
				record,
				undefined,
				({ phase }) => phase === 'downloading' && controller.abort(),
				controller.signal,
			);
			await assert.rejects(running, isAbort);
			assert.equal((await library.list())[0]?.isComplete, false);
			await assert.rejects(run(record, AbortSignal.abort()), isAbort);
		});

		it('knows size and hash of a linked file once it is here', async () => {
			const [first] = record.files;
			assert.ok(first);
			const unknown = { ...record, files: [{ ...first, bytes: undefined, sha256: undefined }] };
			await run(unknown);
			const [stored] = await library.list();
			assert.deepEqual(stored?.record.files, [first]);
			assert.ok(stored.isComplete);
		});

		it('asks nobody for a model that is here and was chosen again, without a hash in the list', async () => {
			const listed = {
				...record,
				files: record.files.map(({ name, address }) => ({
					name,
					address,
					bytes: undefined,
					sha256: undefined,
				})),
			};
			await run(listed);
			assert.equal(server.seen.length, 2);
			await run(listed);
			assert.equal(server.seen.length, 2);
			const [stored] = await library.list();
			assert.deepEqual([stored?.isComplete, stored?.record], [true, record]);
			// Where one of them is gone, the server may have another by now: nothing of the old one is expected.
			const content = randomFile(1_000);
			server.files.set(`/${PARTS[0]}`, content);
			fs.rmSync(stored?.path ?? '');
			await run(listed);
			assert.equal(server.seen.length, 3);
			assert.equal((await library.list())[0]?.record.files[0]?.sha256, sha256(content));
		});

		it('finds a model whose folder was written with other capitals, and goes on in that folder', async () => {
			await run();
			const before = path.join(folder, 'models', 'owner--m-GGUF');
			const after = path.join(folder, 'models', 'Owner--M-gguf');
			fs.renameSync(before, after);
			fs.rmSync(path.join(after, PARTS[1]));
			const [stored] = await library.list();
			assert.deepEqual([stored?.path, stored?.bytes], [path.join(after, PARTS[0]), 200_000]);
			assert.equal(await run(stored?.record), path.join(after, PARTS[0]));
			assert.equal(server.seen.length, 3);
			assert.deepEqual(fs.readdirSync(path.join(folder, 'models')), ['Owner--M-gguf']);
			const [whole] = await library.list();
			assert.ok(whole?.isComplete);
			await library.remove(whole);
			assert.deepEqual(fs.readdirSync(path.join(folder, 'models')), []);
		});

		it('tries again to remove what another program holds, and says so where it does not let go', async () => {
			await run();
			const tries: string[] = [];
			let held = 2;
			const holding = new Library(path.join(folder, 'models'), english, {
				remove: async (file) => {
					tries.push(path.basename(file));
					if (path.basename(file) === PARTS[1] && held-- > 0) {
						throw Object.assign(new Error('held'), { code: held === 1 ? 'EBUSY' : 'EPERM' });
					}
					await fs.promises.rm(file, { force: true });
				},
				pauses: [0, 0, 0],
			});
			const [stored] = await holding.list();
			assert.ok(stored);
			held = Number.POSITIVE_INFINITY;
			await assert.rejects(
				holding.remove(stored),
				/m-00002-of-00002\.gguf cannot be deleted \(EPERM\): .*another program or window.*delete it again/,
			);
			assert.equal(tries.filter((name) => name === PARTS[1]).length, 4);
			assert.equal((await holding.list()).length, 1, 'it is still listed, to be deleted again');
			held = 2;
			await holding.remove(stored);
			assert.deepEqual(fs.readdirSync(path.join(folder, 'models')), []);
		});

		it('removes a model with all that belongs to it, and nothing else', async () => {
			await run();
			const other = { ...record, files: [{ ...record.files[0], name: 'other.gguf' }] } as const;
			const [stored] = await library.list();
			assert.ok(stored);
			fs.writeFileSync(`${stored.path}.part`, 'left');
			fs.writeFileSync(path.join(path.dirname(stored.path), 'mine.txt'), 'mine');
			await library.remove(stored);
			assert.deepEqual(fs.readdirSync(path.dirname(stored.path)), ['mine.txt']);
			assert.notEqual(modelKey(record), modelKey({ ...record, origin: other.files[0].name }));
		});

		it('does not remove what is being downloaded', async () => {
			const content = server.files.get(`/${PARTS[0]}`) ?? Buffer.of();
			const controller = new AbortController();
			server.always = stallAfter(1_000, content);
			let begun = () => {};
			const hasBegun = new Promise<void>((resolve) => {
				begun = resolve;
			});
			const running = downloads.run(
				{ ...record, files: record.files.slice(0, 1) },
				undefined,
				({ phase }) => phase === 'downloading' && begun(),
				controller.signal,
			);
			await hasBegun;
			const [stored] = await library.list();
			assert.ok(stored);
			await assert.rejects(library.remove(stored), /is being downloaded\. Cancel that first/);
			controller.abort();
			await assert.rejects(running, isAbort);
			await library.remove(stored);
			assert.deepEqual(await library.list(), []);
			assert.equal(fs.existsSync(path.dirname(stored.path)), false);
		});
	});

	it('lists nothing that leads out of its folder, or is no record', async () => {
		const put = (where: string, value: unknown) => {
			fs.mkdirSync(path.join(folder, 'models', where), { recursive: true });
			fs.writeFileSync(path.join(folder, 'models', where, 'x.familiar.json'), JSON.stringify(value));
		};
		const record = {
			name: 'x',
			origin: 'a/b',
			roles: ['chat'],
			files: [{ name: '../../secret.gguf', bytes: 1 }],
		};
		put('a--b', record);
		put('elsewhere', { ...record, files: [{ name: 'x.gguf' }] });
		put('a--c', { ...record, origin: 'a/c', files: [] });
		put('a--d', 'text');
		assert.deepEqual(await library.list(), []);
		put('a--e', { ...record, origin: 'a/e', files: [{ name: 'x.gguf' }] });
		assert.equal((await library.list()).length, 1);
	});

	describe('from a disk', () => {
		const put = (name: string, content: Buffer) => {
			fs.mkdirSync(path.join(folder, 'usb'), { recursive: true });
			fs.writeFileSync(path.join(folder, 'usb', name), content);
			return path.join(folder, 'usb', name);
		};
		const bring = (first: string, signal = never, disk = realDisk) =>
			importModel(
				first,
				{ disk, translate: english, library },
				(bytes, total) => steps.push([bytes, total]),
				signal,
			);
		const steps: (readonly [number, number])[] = [];

		beforeEach(() => {
			steps.length = 0;
		});

		it('finds the models of a folder, and all parts from any of them', async () => {
			for (const name of [...PARTS, 'b.gguf', 'notes.txt']) {
				put(name, randomFile(10));
			}
			const usb = path.join(folder, 'usb');
			assert.deepEqual(await modelsIn(usb), [path.join(usb, 'b.gguf'), path.join(usb, PARTS[0])]);
			assert.deepEqual(await modelsIn(path.join(usb, PARTS[1])), [path.join(usb, PARTS[0])]);
		});

		it('copies all parts, with their hashes', async () => {
			const contents = PARTS.map((_name, index) => randomFile(3_000_000 + index));
			const [first = ''] = PARTS.map((name, index) => put(name, contents[index] ?? Buffer.of()));
			const file = await bring(first);
			assert.ok(fs.readFileSync(file).equals(contents[0] ?? Buffer.of()));
			const [stored] = await library.list();
			assert.deepEqual(
				[stored?.isComplete, stored?.record.origin, stored?.record.files.map((one) => one.sha256)],
				[true, 'imported', contents.map(sha256)],
			);
			assert.deepEqual(steps.at(-1), [6_000_001, 6_000_001]);
			await assert.rejects(bring(first), /is in .*already\. Delete that first/);
			assert.equal((await library.list())[0]?.isComplete, true, 'the earlier one is as it was');
		});

		it('refuses what is no model, and a model with a part missing', async () => {
			await assert.rejects(bring(put('page.gguf', Buffer.from('<html>'))), /page\.gguf is not a GGUF file/);
			await assert.rejects(
				bring(put(PARTS[0], randomFile(10))),
				/00002-of-00002\.gguf is not a GGUF file, or is missing/,
			);
			await assert.rejects(bring(put('My Model.gguf', randomFile(10))), /under their own names/);
			assert.deepEqual(await library.list(), []);
		});

		const kept = (name: string) => path.join(folder, 'models', 'imported', name);
		const lay = (name: string, content: Buffer) => {
			fs.mkdirSync(path.dirname(kept(name)), { recursive: true });
			fs.writeFileSync(kept(name), content);
		};

		it('never writes over a file that lies in its folder, nor deletes one', async () => {
			const content = randomFile(3_000_000);
			const mine = randomFile(1_000);
			const first = put('b.gguf', content);
			lay('b.gguf', mine);
			await assert.rejects(bring(first), /b\.gguf is in .*imported to, already.*under another name/);
			await assert.rejects(bring(first, AbortSignal.abort()), /already/);
			assert.deepEqual(fs.readdirSync(path.dirname(kept('b.gguf'))), ['b.gguf']);
			assert.ok(fs.readFileSync(kept('b.gguf')).equals(mine));
			// On most machines of Windows and macOS these two are one file.
			fs.renameSync(kept('b.gguf'), kept('B.GGUF'));
			await assert.rejects(bring(first), /B\.GGUF is in .*imported to, already/);
			assert.deepEqual(fs.readdirSync(path.dirname(kept('b.gguf'))), ['B.GGUF']);
		});

		it('looks at the last moment, too', async () => {
			const first = put('b.gguf', randomFile(3_000_000));
			const mine = randomFile(1_000);
			const bringing = importModel(
				first,
				{ disk: realDisk, translate: english, library },
				() => lay('b.gguf', mine),
				never,
			);
			await assert.rejects(bringing, /already/);
			assert.ok(fs.readFileSync(kept('b.gguf')).equals(mine));
			assert.deepEqual(fs.readdirSync(path.dirname(kept('b.gguf'))), ['b.gguf']);
		});

		it('takes what is there for its own where it is the same, and leaves it when cancelled', async () => {
			const contents = PARTS.map(() => randomFile(1_000_000));
			const [first = ''] = PARTS.map((name, index) => put(name, contents[index] ?? Buffer.of()));
			lay(PARTS[0], contents[0] ?? Buffer.of());
			const controller = new AbortController();
			const cancelled = importModel(
				first,
				{ disk: realDisk, translate: english, library },
				(bytes) => bytes > 1_000_000 && controller.abort(),
				controller.signal,
			);
			await assert.rejects(cancelled, isAbort);
			assert.deepEqual(fs.readdirSync(path.dirname(kept(PARTS[0]))), [PARTS[0]]);
			await bring(first);
			assert.equal((await library.list())[0]?.isComplete, true);
		});

		it('does not say that an interrupted import is here, and is brought again to end it', async () => {
			const contents = PARTS.map(() => randomFile(1_000_000));
			const [first = ''] = PARTS.map((name, index) => put(name, contents[index] ?? Buffer.of()));
			// As a process leaves it that is killed in the second part.
			await library.keep({
				name: 'm-00001-of-00002',
				origin: 'imported',
				licence: undefined,
				roles: ['completion', 'chat'],
				files: PARTS.map((name) => ({ name, address: undefined, bytes: undefined, sha256: undefined })),
			});
			lay(PARTS[0], contents[0] ?? Buffer.of());
			lay(`${PARTS[1]}.part`, (contents[1] ?? Buffer.of()).subarray(0, 1_000));
			const [stored] = await library.list();
			assert.equal(stored?.isComplete, false);
			const web = new Web({ strictTls: () => true, agent: 'a test', translate: english });
			const downloads = new Downloads({ web, disk: realDisk, translate: english }, library);
			await assert.rejects(
				downloads.run(stored.record, undefined, () => undefined, never),
				/m-00001-of-00002 was not imported to its end.*Import it again/,
			);
			await bring(first);
			const [whole] = await library.list();
			assert.ok(whole?.isComplete);
			assert.equal(await downloads.run(whole.record, undefined, () => undefined, never), kept(PARTS[0]));
		});

		it('leaves nothing when there is no room, or when it is cancelled', async () => {
			const first = put('b.gguf', randomFile(3_000_000));
			await assert.rejects(
				bring(first, never, { ...realDisk, freeBytes: async () => 3_000_000 }),
				/needs .* more on the disk/,
			);
			const controller = new AbortController();
			const cancelled = importModel(
				first,
				{ disk: realDisk, translate: english, library },
				() => controller.abort(),
				controller.signal,
			);
			await assert.rejects(cancelled, isAbort);
			assert.deepEqual(fs.readdirSync(path.join(folder, 'models')), []);
			await bring(first);
		});
	});
});
