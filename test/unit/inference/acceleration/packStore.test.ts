/** Packs on disk: from a server over https, checked, whole or not at all, and gone again. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { english } from '../../../../src/finetune/job/english';
import { type Pack, packagePath } from '../../../../src/inference/acceleration/pack';
import { type PackStep, PackStore } from '../../../../src/inference/acceleration/packStore';
import { isAbort } from '../../../../src/inference/cancel';
import { realDisk } from '../../../../src/inference/models/disk';
import { DownloadFailure } from '../../../../src/inference/models/failure';
import { Web } from '../../../../src/inference/models/web';
import { cutAfter, FileServer, randomFile, sha256 } from '../../../support/fileServer';
import { type TarEntry, tgz } from '../../../support/tarWriter';

const PATH = '/pack.tgz';
const NAME = 'linux-x64-cuda';
const never = new AbortController().signal;

const files = (version: string): readonly TarEntry[] => [
	{ name: 'package/package.json', content: JSON.stringify({ version }) },
	{ name: `package/bins/${NAME}/libggml-cuda.so`, content: randomFile(50_000) },
];

describe('inference/acceleration/packStore', () => {
	let server: FileServer;
	let folder: string;
	let archive: Buffer;
	let store: PackStore;
	let steps: PackStep[];
	let freeBytes: number | undefined;

	beforeEach(async () => {
		server = await FileServer.start();
		folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-packs-')), 'packs');
		archive = tgz(files('3.22.1'));
		server.files.set(PATH, archive);
		steps = [];
		freeBytes = undefined;
		const web = new Web({
			strictTls: () => true,
			agent: 'a test',
			translate: english,
			certificate: server.certificate,
		});
		const disk = { ...realDisk, freeBytes: async () => freeBytes };
		store = new PackStore(
			folder,
			{ web, disk, translate: english, pauses: [0, 0, 0] },
			{ address: () => server.address(PATH) },
		);
	});

	afterEach(async () => {
		await server.stop();
		fs.rmSync(path.dirname(folder), { recursive: true, force: true });
	});

	const pack = (changes: Partial<Pack> = {}): Pack => ({
		name: NAME,
		version: '3.22.1',
		bytes: archive.length,
		unpackedBytes: 60_000,
		sha256: sha256(archive),
		needs: [],
		...changes,
	});
	const install = (one = pack(), signal = never) => store.install(one, (step) => steps.push(step), signal);
	/** Everything in the folder of packs, without what keeps two windows apart. */
	const left = () =>
		fs
			.readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.filter((name) => fs.statSync(path.join(folder, name)).isFile())
			.sort();
	const WHOLE = [
		`node_modules/@node-llama-cpp/${NAME}/bins/${NAME}/libggml-cuda.so`,
		`node_modules/@node-llama-cpp/${NAME}/package.json`,
	];

	it('fetches, checks and unpacks one, and keeps nothing else', async () => {
		await install();
		assert.deepEqual(left(), WHOLE);
		assert.ok(store.has(pack()));
		assert.deepEqual(await store.names(), [NAME]);
		assert.ok(steps.some(({ phase }) => phase === 'downloading'));
		assert.equal(steps.at(-1)?.phase, 'unpacking');
	});

	it('takes the place of an older version', async () => {
		const old = path.join(packagePath(folder, NAME), 'old.so');
		fs.mkdirSync(path.dirname(old), { recursive: true });
		fs.writeFileSync(old, 'old');
		fs.writeFileSync(path.join(packagePath(folder, NAME), 'package.json'), '{"version":"3.21.0"}');
		assert.equal(store.has(pack()), false);
		assert.deepEqual(await store.names(), [NAME]);
		await install();
		assert.deepEqual(left(), WHOLE);
	});

	it('goes on where the connection broke', async () => {
		server.script.push(cutAfter(10_000, archive));
		await install();
		assert.deepEqual(
			server.seen.map(({ range }) => range),
			[undefined, 'bytes=10000-'],
		);
		assert.deepEqual(left(), WHOLE);
	});

	it('keeps what has arrived when it is cancelled, and resumes', async () => {
		const stop = new AbortController();
		server.script.push(cutAfter(10_000, archive));
		server.script.push((_request, _response) => stop.abort());
		await assert.rejects(install(pack(), stop.signal), isAbort);
		assert.equal(await store.waiting(pack()), 10_000);
		assert.equal(store.has(pack()), false);
		await install();
		assert.equal(server.seen.at(-1)?.range, 'bytes=10000-');
		assert.deepEqual(left(), WHOLE);
	});

	it('refuses another content, and keeps nothing of it', async () => {
		server.files.set(PATH, tgz(files('3.22.1')));
		const other = server.files.get(PATH) ?? Buffer.alloc(0);
		await assert.rejects(install(pack({ bytes: other.length })), (error) => {
			assert.ok(error instanceof DownloadFailure);
			assert.match(error.message, /wrong sha256/);
			return true;
		});
		assert.deepEqual(left(), []);
	});

	it('refuses a web page at its first bytes', async () => {
		archive = Buffer.from('<html>'.repeat(1_000));
		server.files.set(PATH, archive);
		await assert.rejects(install(), /another kind of file/);
		assert.deepEqual(left(), []);
	});

	for (const [what, made, reason] of [
		['a link in it', tgz([...files('3.22.1'), { name: 'package/x', type: '2', link: '/' }]), /no plain file/],
		['a way out of it', tgz([{ name: 'package/../../../x' }]), /no path inside/],
		['another version in it', tgz(files('9.9.9')), /not of version 3\.22\.1/],
		['nothing in it', tgz([]), /not of version/],
		['rubbish in it', gzipSync(randomFile(10_000)), /damaged/],
	] as const) {
		it(`refuses an archive with ${what}, and leaves nothing unpacked`, async () => {
			archive = made;
			server.files.set(PATH, archive);
			await assert.rejects(install(), (error) => {
				assert.ok(error instanceof DownloadFailure, String(error));
				assert.match(error.message, /cannot be used, and nothing of it was kept/);
				assert.match(error.message, reason);
				return true;
			});
			assert.deepEqual(
				left().filter((name) => !name.startsWith('downloads')),
				[],
			);
			assert.equal(store.has(pack()), false);
		});
	}

	it('refuses more than was described', async () => {
		await assert.rejects(install(pack({ unpackedBytes: 40_000 })), /larger ones, than are expected/);
	});

	it('says that the disk has no room', async () => {
		freeBytes = 1_000;
		await assert.rejects(install(), /needs .* more on the disk/);
	});

	it('removes what a window that died has left', async () => {
		fs.mkdirSync(path.join(folder, 'new-1', 'bins'), { recursive: true });
		fs.writeFileSync(path.join(folder, 'new-1', 'bins', 'half.so'), 'x');
		fs.mkdirSync(path.join(folder, 'old-1'), { recursive: true });
		await install();
		assert.deepEqual(left(), WHOLE);
		assert.deepEqual(fs.readdirSync(folder).sort(), ['downloads', 'node_modules']);
	});

	it('lets two windows install it at once', async () => {
		await Promise.all([install(), install()]);
		assert.deepEqual(left(), WHOLE);
	});

	it('leaves alone what another window has installed in between', async () => {
		const file = path.join(folder, 'downloads', `${NAME}-3.22.1.tgz`);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, archive);
		const place = packagePath(folder, NAME);
		await store.install(
			pack(),
			({ phase }) => {
				assert.equal(phase, 'checking');
				fs.mkdirSync(place, { recursive: true });
				fs.writeFileSync(path.join(place, 'package.json'), '{"version":"3.22.1"}');
			},
			never,
		);
		assert.deepEqual(fs.readdirSync(place), ['package.json']);
	});

	it('deletes one, and what waits to be continued', async () => {
		await install();
		fs.writeFileSync(path.join(folder, 'downloads', `${NAME}-3.22.1.tgz.part`), 'x');
		fs.writeFileSync(path.join(folder, 'downloads', `${NAME}-ext-3.22.1.tgz.part`), 'x');
		await store.remove(NAME, never);
		assert.deepEqual(left(), [`downloads/${NAME}-ext-3.22.1.tgz.part`]);
		assert.deepEqual(await store.names(), []);
		await store.remove(NAME, never);
	});
});
