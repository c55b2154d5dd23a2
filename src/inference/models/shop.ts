/** The way from nothing to a model in use: what is offered, asked and told. No server is asked before the user wants it. */

import type { Subscription } from '../model';
import { formatBytes } from '../statusText';
import { CATALOGUE } from './catalogue';
import { type ErrandDependencies, Errands } from './errands';
import { Fetching, type FetchingDependencies } from './fetching';
import type { Hub } from './hub';
import type { Library, StoredModel } from './library';
import { type ModelLink, parseLink } from './links';
import type { Machine } from './recommend';
import { linkRecord, variantRecord } from './records';
import { type Choice, type Offer, rowsOf } from './rows';
import { type About, aboutEntry, aboutRepository, GENERATOR, sizesOf } from './sizes';
import { type Variant, variantsOf } from './variants';

export interface ShopDependencies extends ErrandDependencies, FetchingDependencies {
	readonly hub: Pick<Hub, 'search' | 'files'>;
	readonly library: Pick<Library, 'list' | 'remove'>;
	/** This machine, as far as is known now. */
	machine(): Machine | Promise<Machine>;
	/** Paths of the models in use, empty for the starter. */
	inUse(): readonly string[];
	/** Paths of models that were chosen before. */
	recent(): readonly string[];
	/** Copies a model from a disk; the path of the copy, undefined where none was chosen. */
	bring(what: 'file' | 'folder'): Promise<string | undefined>;
}

export class ModelShop {
	private readonly errands: Errands;
	private readonly fetching: Fetching;
	private readonly listeners = new Set<(key: string | undefined) => void>();

	constructor(private readonly dependencies: ShopDependencies) {
		this.errands = new Errands(dependencies);
		this.fetching = new Fetching(dependencies, this.errands, (key) => this.tell(key));
	}

	/** Called with the key of a model of which more has arrived, and with undefined where others are here than before. */
	onDidChange(listener: (key: string | undefined) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	/** What this window downloads now, by the key of the model. */
	get running(): Fetching['running'] {
		return this.fetching.running;
	}

	/** What there is to choose from. */
	async stock(): Promise<Offer> {
		const { library, recent, inUse, machine } = this.dependencies;
		return {
			stored: await library.list(),
			running: this.fetching.running,
			recent: recent(),
			inUse: inUse(),
			catalogue: CATALOGUE,
			machine: await machine(),
		};
	}

	/** The list of models, and what follows from a choice. Never rejects for what a server or a disk does. */
	async open(): Promise<void> {
		const { dialogues, translate } = this.dependencies;
		const rows = rowsOf(await this.stock(), translate);
		const picked = await dialogues.pick(
			translate('Familiar: Select Model'),
			translate('Choose a model; one that is not here is downloaded first'),
			rows,
		);
		if (picked === undefined) {
			return;
		}
		const { action, value } = picked;
		if (action === 'delete' && value.type === 'stored') {
			await this.remove(value.model);
		} else {
			await this.follow(value.type === 'entry' ? { ...value, isOpen: action === 'sizes' } : value);
		}
	}

	/** What follows from a choice. Never rejects for what a server or a disk does. */
	async follow(choice: Choice): Promise<void> {
		const use = async (file: string | undefined, roles = GENERATOR) => {
			if (file !== undefined) {
				await this.dependencies.use(file, roles);
			}
		};
		switch (choice.type) {
			case 'file':
				return use(choice.path);
			case 'stored':
				return choice.model.isComplete
					? use(choice.model.path, choice.model.record.roles)
					: this.fetching.fetch(choice.model.record);
			case 'entry':
				return this.offer(
					choice.entry.repository,
					'main',
					undefined,
					aboutEntry(choice.entry, choice.isOpen === true),
				);
			case 'search':
				return this.search();
			case 'paste':
				return this.paste();
			case 'browse':
				return use(await this.dependencies.dialogues.browse('file'));
			case 'import-file':
			case 'import-folder': {
				const kind = choice.type === 'import-file' ? 'file' : 'folder';
				const file = await this.errands.attempt(() => this.dependencies.bring(kind));
				this.tell(undefined);
				return use(file);
			}
		}
	}

	private async search(): Promise<void> {
		const { dialogues, hub, translate } = this.dependencies;
		const title = translate('Familiar: Search the Hugging Face Hub');
		const words = await dialogues.ask(
			title,
			translate('Words in the name of a model. The hub is asked when you press Enter.'),
			false,
			(text) => (text.trim() === '' ? translate('Write a word, for example coder.') : undefined),
		);
		if (words === undefined) {
			return;
		}
		const found = await this.errands.attempt(() =>
			dialogues.during(translate('Searching the Hugging Face Hub'), (_report, signal) =>
				hub.search(words.trim(), signal),
			),
		);
		if (found === undefined) {
			return;
		}
		if (found.length === 0) {
			await dialogues.tell('information', translate('The hub has no GGUF models for {0}.', words.trim()));
			return;
		}
		const picked = await dialogues.pick(
			title,
			translate('Choose a repository; its files are listed next'),
			found.map((one) => ({
				label: one.repository,
				description: [
					translate('{0} downloads', one.downloads.toLocaleString('en')),
					...(one.licence === undefined ? [] : [one.licence]),
					...(one.isGated ? [translate('asks to accept its terms')] : []),
				].join(' · '),
				value: one,
			})),
		);
		if (picked !== undefined) {
			const { repository, licence } = picked.value;
			await this.offer(repository, 'main', undefined, aboutRepository(repository, licence, undefined));
		}
	}

	private async paste(): Promise<void> {
		const { dialogues, translate } = this.dependencies;
		const text = await dialogues.ask(
			translate('Familiar: Paste a Link'),
			translate('hf:owner/repository, a page of huggingface.co, or an https link to a .gguf file'),
			false,
			(link) =>
				parseLink(link) === undefined
					? translate(
							'This leads to no model: give hf:owner/repository, or an https link that ends in .gguf.',
						)
					: undefined,
		);
		const link: ModelLink | undefined = text === undefined ? undefined : parseLink(text);
		if (link?.type === 'file') {
			await this.fetching.fetch(linkRecord(link));
		} else if (link?.type === 'repository') {
			const { repository, revision, path, quantisation } = link;
			await this.offer(repository, revision, path, aboutRepository(repository, undefined, quantisation));
		}
	}

	/** Lists what a repository has, and downloads what is chosen of it. */
	private async offer(
		repository: string,
		revision: string,
		path: string | undefined,
		about: About,
	): Promise<void> {
		const { dialogues, hub, translate } = this.dependencies;
		const all = await this.errands.attempt(() =>
			dialogues.during(
				translate('Asking the hub for the files of {0}', repository),
				async (_report, signal) =>
					variantsOf(await hub.files(repository, revision, await this.dependencies.token.get(), signal)),
			),
		);
		if (all === undefined) {
			return;
		}
		const variants =
			path === undefined ? all : all.filter(({ files }) => files.some((file) => file.path === path));
		if (variants.length === 0) {
			await dialogues.tell(
				'error',
				translate('{0} has no such GGUF model. Search for another one.', `${repository}/${path ?? ''}`),
			);
			return;
		}
		const variant = path === undefined ? await this.pickVariant(variants, about) : variants[0];
		if (variant !== undefined) {
			await this.fetching.fetch(variantRecord(repository, revision, variant, about));
		}
	}

	private async pickVariant(variants: readonly Variant[], about: About): Promise<Variant | undefined> {
		const { dialogues, machine, translate } = this.dependencies;
		const { best, rows } = sizesOf(variants, about, await machine(), translate);
		if (best !== undefined && !about.isOpen) {
			return best;
		}
		const picked = await dialogues.pick(
			translate('Familiar: Download {0}', about.name),
			translate('Choose a quantisation: fewer bits are smaller and faster, more are better'),
			rows,
		);
		return picked?.value;
	}

	/** After a question. */
	async remove(model: StoredModel): Promise<void> {
		const { dialogues, library, translate } = this.dependencies;
		const question = translate(
			'Delete {0} ({1}) from this machine?',
			model.record.name,
			formatBytes(model.bytes),
		);
		if (await dialogues.confirm(question, translate('Delete'))) {
			await this.errands.attempt(async () => {
				// First: Windows removes no file that is open.
				await this.dependencies.giveUp(model.path);
				await library.remove(model);
			});
			this.tell(undefined);
		}
	}

	private tell(key: string | undefined): void {
		for (const listener of [...this.listeners]) {
			listener(key);
		}
	}
}
