/** Archives of packages, good ones and hostile ones: nothing is written outside the folder, and nothing but plain files. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ArchiveRefused, untar } from '../../../../src/inference/acceleration/untar';
import { isAbort } from '../../../../src/inference/cancel';
import { type TarEntry, tar, tgz } from '../../../support/tarWriter';

describe('inference/acceleration/untar', () => {
	let top: string;
	let folder: string;

	beforeEach(() => {
		top = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-untar-'));
		folder = path.join(top, 'inside', 'here');
		fs.mkdirSync(folder, { recursive: true });
	});
	afterEach(() => fs.rmSync(top, { recursive: true, force: true }));

	const unpack = async (
		archive: Buffer,
		limits = { files: 10, bytes: 1_000_000 },
		signal = new AbortController().signal,
		onBytes: (bytes: number) => void = () => undefined,
	) => {
		const file = path.join(top, 'archive.tgz');
		fs.writeFileSync(file, archive);
		await untar(file, folder, limits, onBytes, signal);
	};
	const all = () => fs.readdirSync(top, { recursive: true, encoding: 'utf8' }).sort();

	it('unpacks files of every length, in folders, and tells how far it is', async () => {
		const contents = [0, 1, 511, 512, 513, 100_000].map((length) => randomBytes(length));
		const told: number[] = [];
		await unpack(
			tgz([
				{ name: 'package/bins/', type: '5' },
				...contents.map((content, index) => ({ name: `package/bins/x64/f${index}.so`, content })),
				{ name: 'index.js', prefix: 'package/dist', content: 'export {};' },
			]),
			undefined,
			undefined,
			(bytes) => told.push(bytes),
		);
		for (const [index, content] of contents.entries()) {
			assert.ok(fs.readFileSync(path.join(folder, `bins/x64/f${index}.so`)).equals(content), String(index));
		}
		assert.equal(fs.readFileSync(path.join(folder, 'dist/index.js'), 'utf8'), 'export {};');
		assert.equal(told.at(-1), 101_547);
	});

	it('unpacks what tar itself packs', async function () {
		const made = path.join(top, 'made', 'package');
		fs.mkdirSync(path.join(made, 'dist'), { recursive: true });
		fs.writeFileSync(path.join(made, 'package.json'), '{"version":"1.0.0"}');
		fs.writeFileSync(path.join(made, 'dist', 'index.js'), 'x'.repeat(5_000));
		const file = path.join(top, 'by-tar.tgz');
		try {
			execFileSync('tar', ['--format=ustar', '-czf', file, '-C', path.dirname(made), 'package']);
		} catch {
			return this.skip();
		}
		await unpack(fs.readFileSync(file));
		assert.deepEqual(fs.readdirSync(folder).sort(), ['dist', 'package.json']);
		assert.equal(fs.readFileSync(path.join(folder, 'dist/index.js'), 'utf8').length, 5_000);
	});

	const hostile: readonly (readonly [string, readonly TarEntry[], RegExp])[] = [
		['a way up', [{ name: 'package/../../evil' }], /no path inside/],
		['a way up at the end', [{ name: 'package/bins/..' }], /no path inside/],
		['a way up in the prefix', [{ name: 'evil', prefix: 'package/..' }], /no path inside/],
		['an absolute path', [{ name: '/tmp/familiar-evil' }], /no path inside/],
		['an absolute path below the top', [{ name: 'package//tmp/evil' }], /no path inside/],
		['a drive', [{ name: 'package/C:/evil' }], /no path inside/],
		['backslashes', [{ name: 'package\\..\\evil' }], /no path inside/],
		['a stream of a file', [{ name: 'package/a.js:evil' }], /no path inside/],
		['a name that Windows keeps', [{ name: 'package/nul.js' }], /no path inside/],
		['a dot at the end', [{ name: 'package/evil.' }], /no path inside/],
		['a hidden file', [{ name: 'package/.npmrc' }], /no path inside/],
		['something beside the package', [{ name: 'other/evil' }], /no path inside/],
		['no name', [{ name: '' }], /no path inside/],
		['a symbolic link', [{ name: 'package/link', type: '2', link: '/etc' }], /no plain file/],
		['a hard link', [{ name: 'package/link', type: '1', link: '/etc/passwd' }], /no plain file/],
		['a device', [{ name: 'package/null', type: '3' }], /no plain file/],
		['a pipe', [{ name: 'package/pipe', type: '6' }], /no plain file/],
		[
			'a longer name in front',
			[{ name: 'package/a', type: 'L', content: '../../evil\0' }, { name: 'package/b' }],
			/no plain file/,
		],
		[
			'other attributes in front',
			[{ name: 'package/a', type: 'x', content: '19 path=../../evil\n' }, { name: 'package/b' }],
			/no plain file/,
		],
		['a file twice', [{ name: 'package/a' }, { name: 'package/a' }], /twice/],
		['a file twice, in another case', [{ name: 'package/a.js' }, { name: 'package/A.js' }], /twice/],
		['a folder with content', [{ name: 'package/bins/', type: '5', content: 'x' }], /folder with content/],
		['a wrong sum', [{ name: 'package/a', sum: '000001\0 ' }], /another sum/],
		['a sum that is none', [{ name: 'package/a', sum: '-000001 ' }], /no number/],
		['a negative size', [{ name: 'package/a', size: '-0000000001\0' }], /no number/],
		[
			'a size in another notation',
			[{ name: 'package/a', size: '\x80\0\0\0\0\0\0\0\0\0\0\x01' }],
			/no number/,
		],
		['a size that no archive holds', [{ name: 'package/a', size: '77777777777 ' }], /larger ones/],
		[
			'too many files',
			Array.from({ length: 11 }, (_, index) => ({ name: `package/${index}` })),
			/more files/,
		],
		[
			'too much',
			[
				{ name: 'package/a', content: Buffer.alloc(600_000) },
				{ name: 'package/b', content: Buffer.alloc(600_000) },
			],
			/larger ones/,
		],
	];
	for (const [what, entries, reason] of hostile) {
		it(`refuses ${what}`, async () => {
			await assert.rejects(unpack(tgz(entries)), (error) => {
				assert.ok(error instanceof ArchiveRefused, String(error));
				assert.match(error.message, reason);
				return true;
			});
			assert.deepEqual(
				all().filter((name) => /evil|link|null|pipe/.test(name)),
				[],
			);
		});
	}

	it('refuses to write through what stands there', async () => {
		fs.writeFileSync(path.join(folder, 'a'), 'mine');
		await assert.rejects(unpack(tgz([{ name: 'package/a', content: 'x' }])), /EEXIST/);
		assert.equal(fs.readFileSync(path.join(folder, 'a'), 'utf8'), 'mine');
	});

	it('refuses what ends too early, in the archive and in its compression', async () => {
		const whole = tar([{ name: 'package/a', content: randomBytes(5_000) }], false);
		for (const archive of [
			gzipSync(whole),
			gzipSync(whole.subarray(0, 3_000)),
			gzipSync(whole).subarray(0, 2_000),
			gzipSync(Buffer.alloc(0)),
		]) {
			fs.rmSync(folder, { recursive: true });
			fs.mkdirSync(folder);
			await assert.rejects(unpack(archive), (error) => error instanceof ArchiveRefused);
		}
	});

	it('refuses what is no archive', async () => {
		await assert.rejects(unpack(Buffer.from('<html>')), (error) => {
			assert.ok(error instanceof ArchiveRefused);
			assert.match(error.message, /cannot be unpacked/);
			return true;
		});
		await assert.rejects(unpack(gzipSync(randomBytes(5_000))), (error) => error instanceof ArchiveRefused);
	});

	it('stops when it is told to', async () => {
		const stop = new AbortController();
		const entries = Array.from({ length: 5 }, (_, index) => ({ name: `package/${index}`, content: 'x' }));
		await assert.rejects(
			unpack(tgz(entries), undefined, stop.signal, () => stop.abort()),
			isAbort,
		);
		assert.deepEqual(fs.readdirSync(folder), ['0']);
	});
});
