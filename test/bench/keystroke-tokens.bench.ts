/** Tokens that a keystroke costs with the anchored prompt: what was typed stands last, the rest stays in the KV cache. */
import { fillRequest } from '../../src/completion/prompt';
import { settings } from '../../src/manifest';
import { median, percentile, publish } from './harness';
import { describeModel, never, STARTER, timeStream, withModel } from './models';
import { readTraces, TypedDocument } from './typist';

await withModel(STARTER, async ({ client, model }) => {
	/** Within a line only what was typed is new; a new line moves the anchor, which is the start of the line. */
	const evaluated = { within: [] as number[], line: [] as number[] };
	const milliseconds: number[] = [];
	let promptTokens = 0;
	let requests = 0;
	for (const trace of readTraces()) {
		const document = new TypedDocument(trace);
		let line: number | undefined;
		for (const edit of trace.edits) {
			document.apply(edit);
			if (edit.moves === true) {
				continue;
			}
			const cursor = document.cursor();
			const request = fillRequest(
				cursor,
				model,
				{
					enabled: true,
					languages: settings.completionLanguages.default,
					trigger: 'automatic',
					pauseOnBattery: false,
					debounce: 0,
					maxTokens: 1,
					leftToRight: false,
				},
				'interactive',
			);
			const start = performance.now();
			const { statistics } = await timeStream(client.fill({ ...request, maxTokens: 1 }, never()));
			milliseconds.push(performance.now() - start);
			if (statistics === undefined) {
				throw new Error('a generation ended without statistics');
			}
			const current = cursor.before.split('\n').length;
			(current === line ? evaluated.within : evaluated.line).push(
				statistics.promptTokens - statistics.reusedTokens,
			);
			line = current;
			promptTokens += statistics.promptTokens;
			requests++;
		}
	}
	publish({
		name: 'keystroke-tokens',
		notes: [...describeModel(model), 'every keystroke of the traces asks for one token, one after the other'],
		figures: [
			{
				label: 'tokens evaluated within a line, p50',
				key: 'within_line_p50_tokens',
				unit: '',
				value: median(evaluated.within),
				// Measured before: one or two, where llama-server's order costs the whole suffix.
				aim: { type: 'at-most', value: 2 },
				samples: evaluated.within.length,
			},
			{
				label: 'tokens evaluated within a line, p95',
				key: 'within_line_p95_tokens',
				unit: '',
				value: percentile(evaluated.within, 0.95),
				samples: evaluated.within.length,
			},
			{
				label: 'tokens evaluated on a new line, p50',
				key: 'new_line_p50_tokens',
				unit: '',
				value: median(evaluated.line),
				samples: evaluated.line.length,
			},
			{
				label: 'tokens of a whole prompt, mean',
				key: 'prompt_mean_tokens',
				unit: '',
				value: promptTokens / requests,
				samples: requests,
			},
			{
				label: 'time for the first token, p50',
				key: 'first_token_p50_ms',
				unit: 'ms',
				value: median(milliseconds),
				samples: requests,
			},
			{
				label: 'time for the first token, p95',
				key: 'first_token_p95_ms',
				unit: 'ms',
				value: percentile(milliseconds, 0.95),
				samples: requests,
			},
		],
	});
});
