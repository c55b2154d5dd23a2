/** A process that looks for a package as node-llama-cpp does, with packs in the folder that its first argument names. */
import { findInPacks } from '../../src/inference/acceleration/packHook';

const [folder = '', ...names] = process.argv.slice(2);
// Every load of a model does.
for (let load = 0; load < 30; load++) {
	findInPacks(folder);
}
for (const name of names) {
	const found: unknown = await import(name).then(
		(module) => module.where,
		(error) => error.code,
	);
	process.stdout.write(`${String(found)}\n`);
}
