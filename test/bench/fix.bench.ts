/**
 * Functions broken by script, and functions without a body: the share that compiles after the product's Fix and Generate
 * with at most two second chances, against none, by a scripted model and by the starter. The compiler is the judge.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Checker } from '../../src/chat/check/checker';
import { findCompilers } from '../../src/chat/check/compilers';
import { randomFrom } from '../../src/finetune/training/random';
import { createTokenCounter } from '../../src/inference/tokens';
import { root } from '../support/root';
import { type Case, fixCases, generateCases } from './fixCases';
import {
	type Checking,
	type Fixer,
	modelFixer,
	type Result,
	runCase,
	type Score,
	scoreOf,
	scriptedFixer,
} from './fixRun';
import { type Figure, median, percentile, publish, rounds } from './harness';
import { benchLog, describeModel, STARTER, withModel } from './models';

const CASES = rounds(120);
const SEED = 20;
/** How often the scripted model is right, whatever it is asked. */
const CHANCE = 0.5;
/** As the settings have it. */
const SETTINGS = { maxTokens: 400, temperature: 0 };

async function runAll(cases: readonly Case[], fixer: Fixer, checking: Checking): Promise<readonly Result[]> {
	const results: Result[] = [];
	for (const one of cases) {
		results.push(await runCase(one, fixer, checking));
	}
	return results;
}

function figuresOf(who: string, task: string, score: Score, samples: number): Figure[] {
	const figure = (label: string, key: string, value: number, aim?: Figure['aim']): Figure => ({
		label: `${task}, ${who}: ${label}`,
		key: `${task}_${who}_${key}`,
		value,
		unit: '',
		samples,
		...(aim === undefined ? {} : { aim }),
	});
	return [
		figure('compiles without a second chance', 'first_compiles', score.firstCompiles),
		figure('compiles after at most two', 'compiles', score.offeredCompiles),
		figure('wrong edits without a second chance', 'first_wrong', score.firstWrong),
		figure('wrong edits after at most two', 'wrong', score.offeredWrong),
		figure('wrong edits of which the check says nothing', 'misjudged', score.misjudged, {
			type: 'at-most',
			value: 0,
		}),
		figure('is the original program', 'original', score.isOriginal),
		figure('compiles, with half of its lines gone', 'gutted', score.isGutted),
		figure('answers a case', 'answers', score.meanAnswers),
	];
}

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-fix-')));
const checker = new Checker({ program: path.join(root, 'dist/checker.mjs'), log: benchLog });
try {
	const options = {
		strict: true,
		noEmit: true,
		target: 'es2023',
		lib: ['es2023', 'dom'],
		moduleDetection: 'force',
	};
	const config = { compilerOptions: { ...options, types: [] }, files: ['case.ts'] };
	fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
	fs.writeFileSync(path.join(folder, 'case.ts'), '');
	const compilers = await findCompilers({
		file: path.join(root, 'src/case.ts'),
		workspace: root,
		isTrusted: true,
		editor: undefined,
	});
	const checking: Checking = { checker, compilers, folder };
	const sets = [
		['fix', fixCases(CASES, SEED)],
		['generate', generateCases(CASES, SEED + 1)],
	] as const;
	const figures: Figure[] = [];
	const times: number[] = [];
	const run = async (who: string, fixer: Fixer) => {
		for (const [task, cases] of sets) {
			const results = await runAll(cases, fixer, checking);
			times.push(...results.flatMap(({ milliseconds }) => milliseconds));
			figures.push(...figuresOf(who, task, scoreOf(results), cases.length));
		}
	};
	await run('scripted', scriptedFixer(randomFrom(SEED), CHANCE));
	const tokens = createTokenCounter();
	await tokens.load();
	const notes = await withModel(STARTER, async ({ client, model }) => {
		const settings = () => SETTINGS;
		await run(
			'starter',
			modelFixer({ model: client, log: benchLog, settings, countTokens: tokens.estimateTokens }),
		);
		return describeModel(model);
	});
	const ways = new Set(sets[0][1].map(({ way }) => way));
	publish({
		name: 'fix',
		notes: [
			...notes,
			`${sets[0][1].length} programs broken in ${ways.size} ways, ${sets[1][1].length} functions without a body; the programs ` +
				'are drawn from the templates whose likes the starter was trained on, so it is at its best here',
			`scripted: of ${sets[0][1].filter(({ right }) => right !== undefined).length} broken programs it knows the original; right with a chance of ${CHANCE} each time it is asked, otherwise wrong on purpose: it measures the second ` +
				'chances, not a model',
			`checked with TypeScript ${compilers[0]?.version ?? 'none'}; whether a program compiles is asked of the compiler apart from that`,
		],
		figures: [
			...figures,
			{ label: 'a check, median', key: 'check_ms', value: median(times), unit: 'ms', samples: times.length },
			{
				label: 'a check, p95',
				key: 'check_p95_ms',
				value: percentile(times, 0.95),
				unit: 'ms',
				samples: times.length,
			},
		],
	});
} finally {
	checker.dispose();
	fs.rmSync(folder, { recursive: true, force: true });
}
