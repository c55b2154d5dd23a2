/** A process that downloads one file, as a window does: told what by its argument, it says every step as a line of JSON. */
import { english } from '../../src/finetune/job/english';
import { realDisk } from '../../src/inference/models/disk';
import { download } from '../../src/inference/models/download';
import { Web } from '../../src/inference/models/web';

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
const web = new Web({ strictTls: () => true, agent: 'a test', translate: english, certificate });
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
const arrived = await download(
	{ address: new URL(address), file, bytes, sha256, token: undefined },
	{ web, disk: realDisk, translate: english },
	say,
	new AbortController().signal,
);
say({ phase: 'arrived', ...arrived });
