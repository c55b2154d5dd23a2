/** How large the parts of a VSIX are, as files and packed. */
import { listZip } from './zip.mjs';

/** For example `  42.3 MB` (powers of 1,000). */
export function megabytes(bytes) {
	return `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);
}

/** Prints a table. */
export function printParts(vsix, log) {
	const parts = new Map();
	for (const { name, size, packed } of listZip(vsix)) {
		const part = partOf(name);
		const sum = parts.get(part) ?? { files: 0, size: 0, packed: 0 };
		parts.set(part, { files: sum.files + 1, size: sum.size + size, packed: sum.packed + packed });
	}
	const total = { files: 0, size: 0, packed: 0 };
	const row = (name, files, size, packed) =>
		log(`${name.padEnd(28)} ${String(files).padStart(6)} ${size.padStart(9)} ${packed.padStart(9)}`);
	log('');
	row('part', 'files', 'raw', 'packed');
	for (const [part, sum] of [...parts].sort(([, left], [, right]) => right.packed - left.packed)) {
		row(part, sum.files, megabytes(sum.size), megabytes(sum.packed));
		total.files += sum.files;
		total.size += sum.size;
		total.packed += sum.packed;
	}
	row('all', total.files, megabytes(total.size), megabytes(total.packed));
}

function partOf(name) {
	const library = /@node-llama-cpp\/[a-z]+-[a-z0-9]+(?:-([a-z]+))?\//.exec(name);
	if (library !== null) {
		return `libraries ${library[1] ?? 'processor'}`;
	}
	if (name.includes('dist/node_modules/node-llama-cpp/')) {
		return 'node-llama-cpp';
	}
	if (/dist\/node_modules\/(koffi|@koromix)\//.test(name)) {
		return 'koffi';
	}
	if (name.includes('dist/node_modules/')) {
		return 'its packages';
	}
	return name.includes('models/')
		? 'starter model'
		: name.includes('dist/')
			? 'our code'
			: 'texts and pictures';
}
