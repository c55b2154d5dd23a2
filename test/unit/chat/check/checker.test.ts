/** Tests of the checking process: what it reports, with whose compiler, and that nothing it does can hold anybody up. */

import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Checker } from '../../../../src/chat/check/checker';
import type { Compiler } from '../../../../src/chat/check/checking';
import { findCompilers } from '../../../../src/chat/check/compilers';
import { isAbort } from '../../../../src/inference/cancel';
import { root } from '../../../support/root';
import { recordingLog, silentLog } from '../../../support/silentLog';

const never = () => new AbortController().signal;

/** TypeScript up to 6, as the editor of the UI tests ships it; it is there once they have run. */
const shipped = path.join(root, 'test/host/node_modules/typescript');

describe('chat/check/checker', function () {
	// A compiler reads its libraries for seconds where others work too.
	this.timeout(120_000);
	const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-check-')));
	const program = path.join(root, 'dist/checker.mjs');
	const checkers: Checker[] = [];

	function newChecker(limit = 60_000, log = silentLog) {
		const checker = new Checker({ program, log, limit });
		checkers.push(checker);
		return checker;
	}

	function write(name: string, text: string): string {
		const file = path.join(folder, name);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, text);
		return file;
	}

	/** A package that calls itself TypeScript and is what the test needs. */
	function fake(name: string, library: string): Compiler {
		write(`${name}/package.json`, '{"name":"typescript","version":"5.0.0"}');
		write(`${name}/lib/typescript.js`, library);
		return { kind: 'classic', folder: path.join(folder, name), version: '5.0.0' };
	}

	afterEach(() => {
		for (const checker of checkers.splice(0)) {
			checker.dispose();
		}
	});
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	const kinds: readonly (readonly [string, string])[] = [
		['native', path.join(root, 'node_modules/typescript')],
		['classic', shipped],
	];
	for (const [kind, place] of kinds) {
		describe(`with a ${kind} TypeScript`, () => {
			let compilers: readonly Compiler[] = [];
			before(async function () {
				const { version = '' }: { version?: string } = fs.existsSync(place)
					? JSON.parse(fs.readFileSync(path.join(place, 'package.json'), 'utf8'))
					: {};
				if (version === '') {
					this.skip();
				}
				compilers = [{ kind: kind === 'native' ? 'native' : 'classic', folder: place, version }];
			});

			it('reports what the text in the editor has, not what the disk has', async () => {
				write(`${kind}/tsconfig.json`, '{"compilerOptions":{"strict":true},"include":["src"]}');
				write(`${kind}/src/other.ts`, 'export const size = 1;\n');
				const file = write(`${kind}/src/main.ts`, 'saved text that is no code at all\n');
				const checked = await newChecker().check(
					{
						compilers,
						file,
						before: "import { size } from './other';\n\nexport const text: string = size;\n",
						after: "import { size } from './other';\n\nexport const text: number = size;\n",
						open: [],
					},
					never(),
				);
				assert.deepEqual(checked, {
					...checked,
					type: 'checked',
					before: [{ code: 2322, message: "Type 'number' is not assignable to type 'string'.", line: 2 }],
					after: [],
				});
			});

			it('takes the other unsaved files as they are, and checks again when they change', async () => {
				write(`${kind}-open/tsconfig.json`, '{"compilerOptions":{"strict":true}}');
				const other = write(`${kind}-open/other.ts`, 'export const size = 1;\n');
				const file = write(`${kind}-open/main.ts`, '');
				const text = "import { size } from './other';\nexport const length: number = size;\n";
				const checker = newChecker();
				const request = { compilers, file, before: text, after: text };
				const countWith = async (open: readonly { file: string; text: string }[]) => {
					const checked = await checker.check({ ...request, open }, never());
					assert.ok(checked.type === 'checked', JSON.stringify(checked));
					return checked.after.length;
				};
				assert.equal(await countWith([]), 0);
				assert.equal(await countWith([{ file: other, text: "export const size = '1';\n" }]), 1);
				assert.equal(await countWith([]), 0);
			});

			it('finds the project that a solution refers to', async () => {
				write(`${kind}-solution/tsconfig.json`, '{"files":[],"references":[{"path":"./tsconfig.app.json"}]}');
				write(
					`${kind}-solution/tsconfig.app.json`,
					'{"compilerOptions":{"composite":true,"strict":false,"noUnusedLocals":true},"include":["src"]}',
				);
				const file = write(`${kind}-solution/src/main.ts`, '');
				const text = 'export {};\nconst unused: string = null;\n';
				const checked = await newChecker().check(
					{ compilers, file, before: text, after: text, open: [] },
					never(),
				);
				assert.ok(checked.type === 'checked', JSON.stringify(checked));
				assert.deepEqual(
					checked.after.map(({ code }) => code),
					[6133],
				);
			});

			it('checks a file without a project, a new one, and JavaScript for what it reports there', async () => {
				const checker = newChecker();
				const text = 'export const some: string = null;\n';
				const file = path.join(folder, `${kind}-alone`, 'new.ts');
				fs.mkdirSync(path.dirname(file));
				const alone = await checker.check({ compilers, file, before: '', after: text, open: [] }, never());
				assert.ok(alone.type === 'checked', JSON.stringify(alone));
				assert.deepEqual([alone.before.length, alone.after.map(({ code }) => code)], [0, [2322]]);
				const script = await checker.check(
					{
						compilers,
						file: path.join(folder, `${kind}-alone`, 'page.js'),
						before: 'const one = ;\n',
						after: 'const one = undeclared;\n',
						open: [],
					},
					never(),
				);
				assert.ok(script.type === 'checked', JSON.stringify(script));
				assert.deepEqual([script.before.map(({ code }) => code), script.after], [[1109], []]);
			});

			it('reports syntax errors with their lines, and goes on with the next text', async () => {
				const file = write(`${kind}-syntax/a.ts`, '');
				const checker = newChecker();
				const broken = 'export function one() {\n\treturn (1;\n}\n';
				const checked = await checker.check(
					{ compilers, file, before: broken, after: broken.replace('(1', '1'), open: [] },
					never(),
				);
				assert.ok(checked.type === 'checked', JSON.stringify(checked));
				assert.ok(checked.before.some(({ code, line }) => code === 1005 && line === 1));
				assert.deepEqual(checked.after, []);
			});

			it('checks a text of thousands of functions, and leaves a larger one alone', async () => {
				const file = write(`${kind}-huge/a.ts`, '');
				const many = Array.from(
					{ length: 5_000 },
					(_, index) => `export function f${index}(value: number): number {\n\treturn value + ${index};\n}\n`,
				).join('');
				const checker = newChecker();
				const request = { compilers, file, before: many, open: [] };
				const checked = await checker.check({ ...request, after: `${many}\nmissing;\n` }, never());
				assert.ok(checked.type === 'checked', JSON.stringify(checked).slice(0, 300));
				assert.deepEqual(
					checked.after.map(({ code, line }) => [code, line]),
					[[2304, 15_001]],
				);
				const larger = await checker.check({ ...request, after: many.repeat(8) }, never());
				assert.deepEqual(larger, { type: 'unchecked', why: 'large', detail: '' });
			});
		});
	}

	const request = (compilers: readonly Compiler[]) => ({
		compilers,
		file: path.join(folder, 'a.ts'),
		before: '',
		after: '',
		open: [],
	});

	/** Resolves when the process has said so, by the log. */
	async function until(lines: readonly string[], text: string) {
		while (!lines.some((line) => line.includes(text))) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}

	it('ends a check that hangs, and its process with it', async () => {
		const checker = newChecker(1_500);
		const hanging = fake('hanging', 'for (;;) {}');
		const checking = checker.check(request([hanging]), never());
		await Promise.resolve();
		const { pid } = checker;
		assert.deepEqual(await checking, { type: 'unchecked', why: 'slow', detail: '' });
		assert.ok(pid !== undefined);
		assert.equal(checker.pid, undefined);
		await gone(pid);
	});

	it('ends at once when nobody wants the answer any more', async () => {
		const log = recordingLog();
		const checker = newChecker(60_000, log);
		const controller = new AbortController();
		const hanging = fake('hanging aloud', "console.error('hangs now'); for (;;) {}");
		const checking = checker.check(request([hanging]), controller.signal);
		await until(log.lines, 'hangs now');
		const { pid } = checker;
		controller.abort();
		await assert.rejects(checking, isAbort);
		assert.ok(pid !== undefined);
		await gone(pid);
	});

	it('does not start for what was given up before', async () => {
		const checker = newChecker();
		await assert.rejects(checker.check(request([]), AbortSignal.abort()), isAbort);
		assert.equal(checker.pid, undefined);
	});

	it('survives the death of its process, and starts another one for the next check', async () => {
		const checker = newChecker();
		const dying = fake('dying', "process.kill(process.pid, 'SIGKILL');");
		const first = await checker.check(request([dying]), never());
		assert.ok(first.type === 'unchecked' && first.why === 'ended', JSON.stringify(first));
		assert.match(first.detail, /SIGKILL/);
		const second = await checker.check(request([]), never());
		assert.deepEqual(second, { type: 'unchecked', why: 'failed', detail: 'There is no compiler' });
	});

	it('leaves to the next compiler what one cannot do', async () => {
		const checker = newChecker();
		const broken = fake('broken', "throw new Error('not today');");
		const empty = fake('empty', 'module.exports = {};');
		const failed = await checker.check(request([broken, empty]), never());
		assert.deepEqual(failed, { type: 'unchecked', why: 'failed', detail: 'not today' });
		const native = {
			kind: 'native',
			folder: path.join(root, 'node_modules/typescript'),
			version: '7',
		} as const;
		const checked = await checker.check(request([broken, native]), never());
		assert.ok(checked.type === 'checked', JSON.stringify(checked));
		assert.equal(checked.version, '7');
	});

	it('answers in the order in which it was asked', async () => {
		const checker = newChecker();
		const file = path.join(folder, 'order.ts');
		const native = {
			kind: 'native',
			folder: path.join(root, 'node_modules/typescript'),
			version: '7',
		} as const;
		const all = await Promise.all(
			['missing;', '1;', 'absent; missing;'].map((after) =>
				checker.check({ compilers: [native], file, before: '', after, open: [] }, never()),
			),
		);
		assert.deepEqual(
			all.map((one) => (one.type === 'checked' ? one.after.length : one)),
			[1, 0, 2],
		);
	});

	it('checks nothing any more after its end', async () => {
		const checker = newChecker();
		const hanging = fake('hanging again', 'for (;;) {}');
		const checking = checker.check(request([hanging]), never());
		await Promise.resolve();
		checker.dispose();
		const ended = await checking;
		assert.ok(ended.type === 'unchecked' && ended.why === 'ended', JSON.stringify(ended));
		assert.deepEqual(await checker.check(request([]), never()), {
			type: 'unchecked',
			why: 'ended',
			detail: '',
		});
	});

	async function gone(pid: number) {
		for (;;) {
			try {
				process.kill(pid, 0);
			} catch {
				return;
			}
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}

	describe('compilers', () => {
		const manifest = (version: string) => JSON.stringify({ name: 'typescript', version });
		const editor = () => path.join(folder, 'editor');
		const versionsOf = async (place: Partial<Parameters<typeof findCompilers>[0]>) =>
			(
				await findCompilers({
					file: path.join(folder, 'places/packages/app/src/a.ts'),
					workspace: path.join(folder, 'places'),
					isTrusted: true,
					editor: editor(),
					...place,
				})
			).map(({ version, kind }) => `${version} ${kind}`);

		before(() => {
			write('places/node_modules/typescript/package.json', manifest('5.9.3'));
			write('places/node_modules/typescript/lib/typescript.js', '');
			write('places/packages/app/node_modules/typescript/package.json', manifest('7.0.2'));
			write('places/packages/app/node_modules/typescript/dist/api/sync/api.js', '');
			write('places/packages/node_modules/typescript/package.json', manifest('4.9.5'));
			write('editor/extensions/node_modules/typescript/package.json', manifest('6.0.3'));
			write('editor/extensions/node_modules/typescript/lib/typescript.js', '');
		});

		it('are the nearest of the workspace first, then the editor’s; what is not whole is none', async () => {
			assert.deepEqual(await versionsOf({}), ['7.0.2 native', '5.9.3 classic', '6.0.3 classic']);
		});

		it('are those of the editor alone where the workspace is not trusted, or not the file’s', async () => {
			assert.deepEqual(await versionsOf({ isTrusted: false }), ['6.0.3 classic']);
			assert.deepEqual(await versionsOf({ workspace: undefined }), ['6.0.3 classic']);
			assert.deepEqual(await versionsOf({ workspace: path.join(folder, 'places/packages/other') }), [
				'6.0.3 classic',
			]);
		});

		it('may be none', async () => {
			assert.deepEqual(await versionsOf({ workspace: undefined, editor: undefined }), []);
			assert.deepEqual(await versionsOf({ workspace: undefined, editor: path.join(folder, 'nowhere') }), []);
		});
	});
});
