/**
 * Typing, twice. 100 keys a second in a real VS Code: what the extension host, the model and the last suggestion make of it.
 * And keystroke to ghost text: the traces typed in real time into the real completion engine over the real host; as the
 * editor does, each keystroke cancels the request before it and asks again 50 ms later.
 *
 *     node typing.bench.mjs [storm | TRACE]      only the one, or one trace
 */
import { systemClock } from '../../src/completion/clock';
import { CompletionEngine } from '../../src/completion/engine';
import type { Outcome } from '../../src/completion/outcome';
import { TraceWriter } from '../../src/completion/trace';
import { sleep } from '../../src/inference/cancel';
import type { ModelClient } from '../../src/inference/client/client';
import { settings } from '../../src/manifest';
import { type Figure, median, percentile, publish, rounds } from './harness';
import { describeModel, benchLog as log, STARTER, withModel } from './models';
import { storm } from './storm';
import { readTraces, type Trace, TypedDocument } from './typist';

/** What VS Code waits after a keystroke before it asks a provider (`InlineCompletionsDebounce`, 50 ms). */
const EDITOR_DELAY = 50;

interface Answer {
	readonly outcome: Outcome;
	/** Milliseconds from the keystroke, the editor's delay included. */
	readonly milliseconds: number;
}

/** Types the whole trace in its own time; one answer for each keystroke after which an editor asks. */
async function type(
	client: ModelClient,
	trace: Trace,
	debounce: number,
): Promise<readonly (Answer | undefined)[]> {
	const engine = new CompletionEngine({
		model: client,
		log,
		settings: {
			enabled: true,
			languages: settings.completionLanguages.default,
			trigger: 'automatic',
			pauseOnBattery: false,
			debounce,
			maxTokens: settings.completionMaxTokens.default,
			leftToRight: settings.completionLeftToRight.default,
		},
	});
	const document = new TypedDocument(trace);
	const answers: Promise<Answer | undefined>[] = [];
	let request = new AbortController();
	const start = performance.now();
	for (const edit of trace.edits) {
		await new Promise((resolve) => setTimeout(resolve, start + edit.at - performance.now()));
		document.apply(edit);
		request.abort();
		if (edit.moves !== true) {
			request = new AbortController();
			answers.push(ask(engine, document, request.signal));
		}
	}
	const all = await Promise.all(answers);
	engine.dispose();
	return all;
}

/** undefined: the next keystroke came before the editor asked. */
async function ask(
	engine: CompletionEngine,
	document: TypedDocument,
	signal: AbortSignal,
): Promise<Answer | undefined> {
	const start = performance.now();
	try {
		await sleep(EDITOR_DELAY, signal);
	} catch {
		return undefined;
	}
	const outcome = await engine.complete(document.cursor(), 'automatic', new TraceWriter(systemClock), signal);
	return { outcome, milliseconds: performance.now() - start };
}

interface Pass {
	readonly key: string;
	readonly label: string;
	readonly debounce: number;
	readonly traces: readonly Trace[];
}

function figures(pass: Pass, answers: readonly (Answer | undefined)[]): readonly Figure[] {
	const shown = answers
		.filter((answer) => answer?.outcome.type === 'text')
		.filter((answer) => answer !== undefined);
	const all = shown.map((answer) => answer.milliseconds);
	const make = (
		label: string,
		name: string,
		unit: string,
		value: number | undefined,
		samples: number,
	): Figure => ({
		label: `${pass.label}: ${label}`,
		key: `${pass.key}${name}`,
		unit,
		value,
		samples,
	});
	const isMain = pass.key === '';
	const aimed = (figure: Figure, value: number): Figure =>
		isMain ? { ...figure, aim: { type: 'at-most', value } } : figure;
	return [
		aimed(make('p50', 'p50_ms', 'ms', median(all), all.length), 200),
		aimed(make('p95', 'p95_ms', 'ms', percentile(all, 0.95), all.length), 400),
		...(['ahead', 'cache', 'flight', 'model'] as const).flatMap((source) => {
			const times = shown
				.filter((answer) => 'source' in answer.outcome && answer.outcome.source === source)
				.map((answer) => answer.milliseconds);
			// A source that never answered is no figure.
			return times.length === 0
				? []
				: [
						make(`${source}, p50`, `${source}_p50_ms`, 'ms', median(times), times.length),
						make(`${source}, p95`, `${source}_p95_ms`, 'ms', percentile(times, 0.95), times.length),
					];
		}),
		make('keystrokes with text', 'shown_share', '', shown.length / answers.length, answers.length),
	];
}

/** How often each reason stood in the way, most frequent first. */
function reasons(answers: readonly (Answer | undefined)[]): string {
	const counts = new Map<string, number>();
	for (const answer of answers) {
		const outcome = answer?.outcome;
		const reason = outcome === undefined ? 'typed on' : outcome.type === 'nothing' ? outcome.reason : 'text';
		counts.set(reason, (counts.get(reason) ?? 0) + 1);
	}
	return [...counts]
		.sort(([, one], [, other]) => other - one)
		.map(([reason, count]) => `${reason} ${count}`)
		.join(', ');
}

async function typeTraces(
	only: string | undefined,
): Promise<{ readonly figures: readonly Figure[]; readonly notes: readonly string[] }> {
	const traces = readTraces().filter((trace) => only === undefined || trace.name === only);
	const shortest = [...traces].sort((one, other) => one.edits.length - other.edits.length).slice(0, 1);
	const passes: readonly Pass[] = [
		{ key: '', label: 'with debounce', debounce: settings.completionDebounce.default, traces },
		{ key: 'no_debounce_', label: 'without', debounce: 0, traces: shortest },
	];
	return withModel(STARTER, async ({ client, model }) => {
		const found: Figure[] = [];
		const notes: string[] = [
			...describeModel(model),
			`from the keystroke to the text, the ${EDITOR_DELAY} ms included that the editor waits before it asks`,
		];
		for (const pass of passes) {
			const answers: (Answer | undefined)[] = [];
			for (const trace of pass.traces) {
				answers.push(...(await type(client, trace, pass.debounce)));
			}
			found.push(...figures(pass, answers));
			notes.push(
				`${pass.label}: ${pass.traces.map((trace) => trace.name).join(' and ')}, debounce ${pass.debounce} ms; ${reasons(answers)}`,
			);
		}
		return { figures: found, notes };
	});
}

const only = process.argv[2];
const parts = [
	...(only === 'storm' ? [] : [await typeTraces(only)]),
	// Ten seconds each.
	...(only === undefined || only === 'storm' ? [storm(10 * rounds(6))] : []),
];
publish({
	name: 'typing',
	notes: parts.flatMap(({ notes }) => notes),
	figures: parts.flatMap((part) => part.figures),
});
