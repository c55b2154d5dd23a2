/** The sizes in which there is a model: which of them is the best here, and all as rows to choose from. */

import { formatBytes, type Translate } from '../statusText';
import { CATALOGUE, type CatalogueEntry } from './catalogue';
import type { Row } from './dialogues';
import type { Role } from './library';
import { isComfortable, type Machine } from './recommend';
import { fitText } from './rows';
import { fitOfVariant } from './storedFit';
import { bestVariant, type Variant } from './variants';

/** What is known of a repository beside its files. */
export interface About {
	readonly name: string;
	readonly licence: string | undefined;
	readonly roles: readonly Role[];
	readonly quantisation: string | undefined;
	/** Whether the user named the quantisation. */
	readonly isChosen: boolean;
	/** Whether the user is asked for a size, also where it is clear which is the best. */
	readonly isOpen: boolean;
	readonly entry: CatalogueEntry | undefined;
}

/** What a generator is used for where nobody knows better. */
export const GENERATOR: readonly Role[] = ['completion', 'chat'];
const EMBEDDING: readonly Role[] = ['embedding'];

interface Sizes {
	/** Undefined where none fits. */
	readonly best: Variant | undefined;
	/** The best first. */
	readonly rows: readonly Row<Variant>[];
}

export function sizesOf(
	variants: readonly Variant[],
	about: About,
	machine: Machine,
	translate: Translate,
): Sizes {
	const forCompletion = about.roles.includes('completion');
	const fitOf = (variant: Variant) => fitOfVariant(variant, about.name, about.entry, machine);
	const best = bestVariant(variants, about.quantisation, about.isChosen, (variant) => {
		const fit = fitOf(variant);
		return {
			fits: fit.fits,
			isComfortable: isComfortable(fit, forCompletion),
			isKnown: fit.expected !== undefined && !fit.isRough,
		};
	});
	const rest = variants.filter((variant) => variant !== best);
	return {
		best: best !== undefined && fitOf(best).fits ? best : undefined,
		rows: (best === undefined ? rest : [best, ...rest]).map((variant) => ({
			label: `${variant === best ? '$(star-full) ' : ''}${variant.quantisation ?? variant.files[0]?.path}`,
			description: [formatBytes(variant.bytes), ...(about.licence === undefined ? [] : [about.licence])].join(
				' · ',
			),
			detail: [fitText(fitOf(variant), about.roles, translate), variant.files[0]?.path ?? ''].join(' · '),
			value: variant,
		})),
	};
}

export function aboutEntry(entry: CatalogueEntry, isOpen: boolean): About {
	const { name, licence, roles, quantisation } = entry;
	return { name, licence: licence.name, roles, quantisation, isChosen: false, isOpen, entry };
}

/** @param quantisation that the user named; undefined where none was. */
export function aboutRepository(
	repository: string,
	licence: string | undefined,
	quantisation: string | undefined,
): About {
	const name = repository.split('/')[1]?.replace(/-GGUF$/i, '') ?? repository;
	const entry = CATALOGUE.find((one) => one.repository === repository);
	const roles = entry?.roles ?? (/embed/i.test(name) ? EMBEDDING : GENERATOR);
	return { name, licence, roles, quantisation, isChosen: quantisation !== undefined, isOpen: true, entry };
}
