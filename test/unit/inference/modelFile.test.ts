/** The path in the settings becomes the file to load: home folder, relative paths, models in parts. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { english } from '../../../src/finetune/job/english';
import {
	isFirstPart,
	modelFileFacts,
	partsOf,
	refusalOf,
	resolveModelFile,
} from '../../../src/inference/modelFile';

const starter = path.resolve('/extension/models/starter.gguf');

describe('resolveModelFile', () => {
	let folder: string;
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-model-'));
		for (const name of [
			'whole.gguf',
			'big-00001-of-00002.gguf',
			'big-00002-of-00002.gguf',
			'torn-00002-of-00003.gguf',
		]) {
			fs.writeFileSync(path.join(folder, name), '');
		}
	});
	after(() => {
		fs.rmSync(folder, { recursive: true, force: true });
	});

	async function check(configured: string, expected: string, isStarter = false): Promise<void> {
		const resolved = await resolveModelFile(configured, starter);
		assert.deepEqual(resolved, { type: 'file', path: expected, isStarter });
	}

	async function checkProblem(configured: string, code: string, message: RegExp): Promise<void> {
		const resolved = await resolveModelFile(configured, starter);
		assert.equal(resolved.type, 'problem');
		assert.equal(resolved.problem.code, code);
		assert.match(resolved.problem.message, message);
		assert.deepEqual(resolved.problem.remedies, ['select-model', 'use-starter']);
	}

	it('takes the starter without a path', () => check('', starter, true));
	it('takes the starter for blanks', () => check('  ', starter, true));
	it('knows the starter by its path', () => check(starter, starter, true));
	it('takes an absolute path', () => check(path.join(folder, 'whole.gguf'), path.join(folder, 'whole.gguf')));
	it('takes a path that is not there: the check will say so', () =>
		check(path.join(folder, 'absent.gguf'), path.join(folder, 'absent.gguf')));
	it('tidies the path', () => check(`${folder}/./x/../whole.gguf`, path.join(folder, 'whole.gguf')));
	it('expands the home folder', () => check('~/models/a.gguf', path.join(os.homedir(), 'models', 'a.gguf')));
	it('leaves other tildes alone', () =>
		checkProblem('~somebody/a.gguf', 'model-path-relative', /"~somebody\/a\.gguf" is relative/));
	it('refuses a relative path by name', () =>
		checkProblem('models/a.gguf', 'model-path-relative', /"models\/a\.gguf" is relative/));
	it('takes the first of several parts, whichever was chosen', () =>
		check(path.join(folder, 'big-00002-of-00002.gguf'), path.join(folder, 'big-00001-of-00002.gguf')));
	it('names the parts that are missing', () =>
		checkProblem(
			path.join(folder, 'torn-00002-of-00003.gguf'),
			'model-part-missing',
			/3 parts, of which 2 are missing: torn-00001-of-00003\.gguf, torn-00003-of-00003\.gguf\./,
		));
	it('is quick where a name claims very many parts', () =>
		checkProblem(
			path.join(folder, 'torn-00002-of-99999.gguf'),
			'model-part-missing',
			/99999 are missing: torn-00001-of-99999\.gguf, .*, …\./,
		));
});

describe('parts by name', () => {
	const cases: readonly (readonly [name: string, parts: number | undefined, isFirst: boolean])[] = [
		['/m/a.gguf', undefined, true],
		['/m/a-00001-of-00002.gguf', 2, true],
		['/m/a-00002-of-00002.gguf', 2, false],
		['/m/a-00003-of-00002.gguf', undefined, true],
		['/m/a-00000-of-00002.gguf', undefined, true],
		['/m/a-00001-of-00001.gguf', undefined, true],
		['/m/a-1-of-2.gguf', undefined, true],
		['/m/a-00001-of-00002.bin', undefined, true],
	];
	for (const [name, parts, isFirst] of cases) {
		it(name, () => {
			assert.equal(partsOf(name)?.length, parts);
			assert.equal(isFirstPart(name), isFirst);
		});
	}
});

describe('a chosen model file', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-model-'));
	after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const refusal = async (file: string) => refusalOf(file, await modelFileFacts(file), english);

	for (const [what, text, startsAsGguf] of [
		['a GGUF', 'GGUF\u0003\0', true],
		['a web page', '<!doctype html>', false],
		['half a word', 'GGU', false],
		['an empty file', '', false],
	] as const) {
		it(`${startsAsGguf ? 'may be' : 'may not be'} ${what}`, async () => {
			const file = path.join(folder, `${what}.gguf`);
			fs.writeFileSync(file, text);
			assert.deepEqual(await modelFileFacts(file), { type: 'file', bytes: text.length, startsAsGguf });
			assert.match((await refusal(file)) ?? 'none', startsAsGguf ? /^none$/ : /is not a GGUF file/);
		});
	}

	it('that is gone is not called something else', async () => {
		const gone = path.join(folder, 'nowhere.gguf');
		assert.deepEqual(await modelFileFacts(gone), { type: 'unreadable', reason: 'ENOENT' });
		assert.equal(
			await refusal(gone),
			`nowhere.gguf is gone from ${folder}, so the model in use stays. Choose where it is now, or another one.`,
		);
	});

	it('that cannot be read is said to be so, with the reason', async () => {
		assert.match((await refusal(folder)) ?? '', /cannot be read \(EISDIR\), so the model in use stays\.$/);
	});
});
