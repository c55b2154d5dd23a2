/** Loads models one after the other and measures their first tokens, in time that this process computed. */
import { codeOf, fillOf, loadEngine, never } from './engines';

/** What is said of each model, one line of JSON. */
export interface FirstTokens {
	readonly path: string;
	/** Tokens that were read anew. */
	readonly tokens: number;
	/** Tokens that were in the KV cache. */
	readonly cached: number;
	/** In the middle of several. */
	readonly milliseconds: number;
}

const RUNS = 5;
const PROMPT = 400;

// Other programs of this machine do not count.
performance.now = () => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000;
};

const [cacheFolder = '', ...files] = process.argv.slice(2);
for (const path of files) {
	const { engine } = await loadEngine(path, { cacheFolder });
	const measured: FirstTokens[] = [];
	for (let run = 0; run < RUNS; run++) {
		const request = fillOf({
			prefix: `${'abcdefgh'.charAt(run)} = ${run}\n${codeOf(200)}`,
			maxPromptTokens: PROMPT,
			maxTokens: 8,
			leftToRight: true,
		});
		for await (const event of engine.fill(request, never)) {
			if (event.type === 'prefilled') {
				const { promptTokens, reusedTokens, prefillMilliseconds } = event;
				measured.push({
					path,
					tokens: promptTokens - reusedTokens,
					cached: reusedTokens,
					milliseconds: prefillMilliseconds,
				});
			}
		}
	}
	const fresh = measured
		.filter(({ tokens }) => tokens > PROMPT / 2)
		.sort((a, b) => a.milliseconds - b.milliseconds);
	process.stdout.write(`${JSON.stringify(fresh[Math.floor((fresh.length - 1) / 2)])}\n`);
	await engine.dispose();
}
process.exit(0);
