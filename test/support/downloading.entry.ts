/** A process that downloads one file, as a window does: told what by its argument, it says every step as a line of JSON. */
import { english } from '../../src/finetune/job/english';
import { realDisk } from '../../src/inference/models/disk';
import { download } from '../../src/inference/models/download';
import { webOf } from './fileServer';

/** What the argument holds as JSON. */
export interface Order {
	readonly address: string;
	readonly file: string;
	readonly bytes: number;
	readonly sha256: string;
	readonly certificate: string;
}

const order: Order = JSON.parse(process.argv[2] ?? '');
const { address, file, bytes, sha256, certificate } = order;
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
const arrived = await download(
	{ address: new URL(address), file, bytes, sha256, token: undefined },
	{ web: webOf({ certificate }), disk: realDisk, translate: english },
	say,
	new AbortController().signal,
);
say({ phase: 'arrived', ...arrived });
