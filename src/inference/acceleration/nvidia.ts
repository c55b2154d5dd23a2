/** What NVIDIA's driver says of itself and its GPUs. */

export interface NvidiaGpu {
	readonly name: string;
	/** Compute capability, for example 8.6; undefined where the driver does not say. */
	readonly capability: number | undefined;
}

export interface NvidiaDriver {
	/** For example `580.65.06`; undefined where it does not say. */
	readonly version: string | undefined;
	/** Empty where only the driver itself was found. */
	readonly gpus: readonly NvidiaGpu[];
}

/** How programs and files of the system are asked. Undefined where there is none, or it fails. */
export interface SystemQueries {
	/** What a program prints. */
	run(program: string, words: readonly string[], signal: AbortSignal): Promise<string | undefined>;
	read(file: string): Promise<string | undefined>;
	/** Names of the files of a folder. */
	list(folder: string): Promise<readonly string[] | undefined>;
	/** A variable of the environment. */
	variable(name: string): string | undefined;
}

/** On WSL the program is outside PATH. */
const PROGRAMS = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'];
const KERNEL_MODULE = '/proc/driver/nvidia/version';

/** @returns undefined where there is no driver. */
export async function nvidiaDriver(
	queries: SystemQueries,
	signal: AbortSignal,
): Promise<NvidiaDriver | undefined> {
	for (const program of PROGRAMS) {
		for (const fields of ['driver_version,compute_cap,name', 'driver_version,name']) {
			// Old ones do not know compute_cap, and answer with an error.
			const words = [`--query-gpu=${fields}`, '--format=csv,noheader'];
			const rows = rowsOf(await queries.run(program, words, signal), fields.split(',').length);
			if (rows.length > 0) {
				return {
					version: rows[0]?.[0],
					gpus: rows.map((row) => ({
						name: row.at(-1) ?? '',
						capability: row.length === 3 ? numberOf(row[1] ?? '') : undefined,
					})),
				};
			}
		}
	}
	const module = await queries.read(KERNEL_MODULE);
	return module === undefined
		? undefined
		: { version: /\b\d{3,}\.\d+(\.\d+)?\b/.exec(module)?.[0], gpus: [] };
}

/** Rows that begin with a version: a message of an error does not. The last column may have commas. */
function rowsOf(output: string | undefined, columns: number): readonly (readonly string[])[] {
	return (output ?? '')
		.split('\n')
		.filter((line) => /^\s*\d{3,}\.\d/.test(line))
		.map((line) => {
			const cells = line.split(',').map((cell) => cell.trim());
			return [...cells.slice(0, columns - 1), cells.slice(columns - 1).join(', ')];
		});
}

function numberOf(text: string): number | undefined {
	return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
