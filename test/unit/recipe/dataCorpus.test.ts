/** The corpus of archives made for the test: copies, what is held out, the same bytes again, and fetching. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ArchiveError, archiveFile, fetchArchive, integrityOf } from '../../../models/recipe/data/archives';
import { checkWritten, type Fetched, makeCorpus } from '../../../models/recipe/data/corpus';
import { heldOutTest } from '../../../models/recipe/data/decide';
import { type Deviation, deviationsText, fetchAll } from '../../../models/recipe/data/fetching';
import { HeldOut } from '../../../models/recipe/data/heldOut';
import { checkNames } from '../../../models/recipe/data/heldOutFiles';
import { describe as describeArchive } from '../../../models/recipe/data/resolve';
import type { Source } from '../../../models/recipe/data/sources';
import { documentLine, readDocuments } from '../../../models/recipe/document';
import { isAbort } from '../../../src/inference/cancel';

const never = new AbortController().signal;

/** A word for each number. */
const word = (number: number) =>
	[...number.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('');

/** Code that resembles no other `name`. */
const code = (name: string, lines = 30) =>
	Array.from(
		{ length: lines },
		(_, line) =>
			`const ${name}_${word(line)} = ${name}Of(${name}.${word(line)}, '${name} ${word(line * 7)} end');\n`,
	).join('');

describe('corpus of the starter', () => {
	let folder = '';
	const log = console.log;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-corpus-'));
		console.log = () => undefined;
	});
	afterEach(() => {
		console.log = log;
		fs.rmSync(folder, { recursive: true, force: true });
	});

	/** An archive as npm makes them. */
	async function pack(name: string, files: Readonly<Record<string, string>>): Promise<Fetched> {
		const at = fs.mkdtempSync(path.join(folder, 'pack-'));
		const manifest = JSON.stringify({ name, version: '1.0.0', license: 'MIT' });
		for (const [file, text] of Object.entries({ ...files, 'package.json': manifest })) {
			fs.mkdirSync(path.dirname(path.join(at, 'package', file)), { recursive: true });
			fs.writeFileSync(path.join(at, 'package', file), text);
		}
		const archive = path.join(at, 'archive.tgz');
		execFileSync('tar', ['-czf', archive, '-C', at, 'package']);
		return { source: await describeArchive('npm', name, archive, never), archive };
	}

	/** Paths of the documents by set, with their package. */
	async function make(
		packages: readonly Fetched[],
		heldOut: Readonly<Record<string, string>> = {},
		deviations: readonly Deviation[] = [],
	) {
		const home = path.join(folder, 'corpus');
		const files = Object.entries(heldOut).map(([name, text]) => ({ name, text }));
		await makeCorpus(home, packages, deviations, new HeldOut(files), never);
		const paths = async (set: string) => {
			const found: string[] = [];
			for await (const document of readDocuments(path.join(home, `${set}.jsonl`))) {
				found.push(`${document.package}/${document.path}`);
			}
			return found;
		};
		const hash = (file: string) =>
			createHash('sha256')
				.update(fs.readFileSync(path.join(home, file)))
				.digest('hex');
		return {
			train: await paths('train'),
			validation: await paths('validation'),
			report: JSON.parse(fs.readFileSync(path.join(home, 'report.json'), 'utf8')),
			hashes: {
				train: hash('train.jsonl'),
				validation: hash('validation.jsonl'),
				report: hash('report.json'),
			},
		};
	}

	it('writes the files of each package in the order of their paths, and counts', async () => {
		const one = await pack('one', { 'src/b.ts': code('b'), 'src/a.ts': code('a'), 'src/a.d.ts': code('d') });
		const two = await pack('@two/js', { 'lib/c.js': code('c') });
		const made = await make([one, two]);
		assert.deepEqual([...made.train].sort(), ['@two/js/lib/c.js', 'one/src/a.ts', 'one/src/b.ts']);
		assert.deepEqual(
			made.train.filter((name) => name.startsWith('one')),
			['one/src/a.ts', 'one/src/b.ts'],
		);
		assert.deepEqual(made.validation, []);
		assert.equal(made.report.train.sha256, made.hashes.train);
		assert.equal(made.report.train.languages.javascript.bytes, Buffer.byteLength(code('c')));
		assert.deepEqual(made.report.leftOut, {
			declarations: { files: 1, bytes: Buffer.byteLength(code('d')) },
		});
		assert.deepEqual(fs.readdirSync(path.join(folder, 'corpus')).sort(), [
			'report.json',
			'train.jsonl',
			'validation.jsonl',
		]);
	});

	it('makes the same bytes of the same packages, whatever their order', async () => {
		const packages = await Promise.all(
			['p', 'q', 'r'].map((name) => pack(name, { [`src/${name}.ts`]: code(name) })),
		);
		const first = await make(packages);
		const second = await make([...packages].reverse());
		assert.equal(first.train.length, 3);
		assert.deepEqual(second.hashes, first.hashes);
	});

	it('keeps the first of copies and near copies across packages', async () => {
		const near = code('x', 60).replace('xOf(x.be', 'other(x.be');
		const one = await pack('one', { 'src/a.ts': code('x', 60), 'src/b.ts': `${code('x', 60)}\n\n` });
		const two = await pack('two', { 'src/c.ts': near });
		const { train, report } = await make([one, two]);
		assert.equal(train.length, 1);
		const { duplicate = { files: 0 }, 'near-duplicate': nearDuplicate } = report.leftOut;
		assert.equal(duplicate.files + nearDuplicate.files, 2);
	});

	it('leaves out what resembles a held-out file, copies of that, and files that hold passages of it', async () => {
		const held = code('h', 60);
		const part = `${code('m', 400)}${held.split('\n').slice(20, 32).join('\n')}\n${code('n', 400)}`;
		const one = await pack('one', {
			'src/half.ts': code('h', 40),
			'src/part.ts': part,
			'src/own.ts': code('o'),
		});
		const { train, report } = await make([one], { 'secret/file.ts': held });
		assert.deepEqual(train, ['one/src/own.ts']);
		assert.equal(report.leftOut['held out'].files, 2);
		assert.match(report.heldOut[0], /^one\/src\/half\.ts: secret\/file\.ts, \d+ passages, \d\d % alike$/);
	});

	it('fails where something that is held out was written all the same', async () => {
		const heldOut = new HeldOut([{ name: 'secret/file.ts', text: code('h', 60) }]);
		const file = path.join(folder, 'train.jsonl');
		const line = (name: string, text: string) =>
			documentLine({ package: 'one', language: 'typescript', path: name, text });
		fs.writeFileSync(file, line('own.ts', code('o')));
		await checkWritten(file, heldOut, heldOutTest([]), never);
		fs.appendFileSync(file, line('held.ts', code('h', 50)));
		await assert.rejects(
			checkWritten(file, heldOut, heldOutTest([]), never),
			/^Error: one\/held\.ts is \d\d % secret\/file\.ts, which is held out/,
		);
	});

	it('refuses packages that are held out, under any of their names', () => {
		checkNames(['yjs-like', '@scope/click'], ['yjs', 'python3-click']);
		assert.throws(
			() => checkNames(['zod', 'click'], ['python3-click']),
			/click is held out .* models\/sources\.json/,
		);
	});

	it('fetches an archive once, and names the package whose hash is another', async () => {
		const { source, archive } = await pack('@one/two', { 'index.js': code('t') });
		let fetched = 0;
		const download = async (_: unknown, into: string) => {
			fetched++;
			fs.copyFileSync(archive, path.join(into, 'whatever.tgz'));
			return path.join(into, 'whatever.tgz');
		};
		const archives = path.join(folder, 'archives');
		const file = await fetchArchive(archives, source, never, download);
		assert.equal(file, path.join(archives, 'npm/@one+two@1.0.0.tgz'));
		assert.equal(await fetchArchive(archives, source, never, download), file);
		assert.equal(fetched, 1);
		assert.equal(integrityOf(file, 'sha512'), source.integrity);
		fs.appendFileSync(file, 'x');
		await assert.rejects(
			fetchArchive(archives, source, never, download),
			(error) =>
				error instanceof ArchiveError && /@one\/two@1\.0\.0.*Delete .*--skip-missing/.test(error.message),
		);
		const other: Source = { ...source, version: '2.0.0', integrity: 'sha512-other' };
		await assert.rejects(fetchArchive(archives, other, never, download), ArchiveError);
		assert.equal(fs.existsSync(archiveFile(archives, other)), false);
		assert.deepEqual(fs.readdirSync(archives), ['npm']);
	});

	it('takes what Debian has now where the listed version is gone, says so, and goes on without what is gone for good', async () => {
		const listed = (registry: Source['registry'], name: string): Source => {
			const integrity = 'sha256-listed';
			return { registry, name, version: '1.0-1', licence: 'MIT', integrity };
		};
		const [kept, moved, gone] = ['python3-kept', 'python3-moved', 'python3-gone'].map((name) =>
			listed('debian', name),
		);
		assert.ok(kept && moved && gone);
		const ofNpm = listed('npm', 'zod');
		const today: Source = { ...moved, version: '1.0-1+deb12u1', integrity: 'sha256-today' };
		const said: string[] = [];
		let isGone = true;
		const tools = {
			fetch: async (_: string, source: Source) => {
				if (source === kept) {
					return '/kept.deb';
				}
				throw new ArchiveError(`${source.name} cannot be had.`, isGone);
			},
			resolve: async (_: string, word: string) => {
				if (word === 'debian:python3-moved') {
					return { source: today, archive: '/moved.deb' };
				}
				throw new Error(`${word} states no licence.`);
			},
			say: (line: string) => void said.push(line),
		};
		const all = (sources: readonly Source[], skipMissing = false) =>
			fetchAll('/archives', sources, skipMissing, never, tools);
		const { fetched, deviations } = await all([kept, moved, gone]);
		assert.deepEqual(fetched, [
			{ source: kept, archive: '/kept.deb' },
			{ source: today, archive: '/moved.deb' },
		]);
		const text = deviationsText(deviations);
		assert.match(text, /^2 packages are not as models\/sources\.json lists them/);
		assert.match(text, /python3-moved@1\.0-1: 1\.0-1\+deb12u1 was taken instead \(sha256-today\)/);
		assert.match(text, /left out: python3-gone@1\.0-1\. debian:python3-gone states no licence/);
		assert.equal(said.length, 3);
		assert.equal(deviationsText((await all([kept])).deviations), '');
		// What npm does not have, or what has another hash, is an error as before.
		await assert.rejects(all([kept, ofNpm]), /zod cannot be had/);
		assert.equal((await all([kept, ofNpm], true)).deviations.length, 1);
		isGone = false;
		await assert.rejects(all([moved]), /python3-moved cannot be had/);
	});

	it('has a hash for the part of each language, and says what is not as listed', async () => {
		const one = await pack('one', { 'src/a.ts': code('a') });
		const two = await pack('@two/js', { 'lib/c.js': code('c') });
		const deviation = { listed: two.source, taken: undefined, why: 'It is gone.' };
		const both = (await make([one, two])).report.train.languages;
		const made = await make([one], {}, [deviation]);
		assert.equal(made.report.train.languages.typescript.sha256, both.typescript.sha256);
		assert.equal(both.typescript.sha256, made.hashes.train);
		assert.notEqual(both.javascript.sha256, both.typescript.sha256);
		assert.deepEqual(made.report.deviations, [
			{ listed: '@two/js@1.0.0', taken: null, integrity: null, why: 'It is gone.' },
		]);
	});

	it('leaves nothing behind when it is interrupted', async () => {
		const controller = new AbortController();
		const one = await pack('one', { 'src/a.ts': code('a') });
		controller.abort();
		const made = makeCorpus(path.join(folder, 'corpus'), [one], [], new HeldOut([]), controller.signal);
		await assert.rejects(made, isAbort);
		assert.deepEqual(fs.readdirSync(path.join(folder, 'corpus')), []);
	});
});
