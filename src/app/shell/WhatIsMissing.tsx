/** What of a network and its images is not here, how large it is, and the way to it. */
import { datasetTitle, MODELS } from '../../contract/catalogue.ts';
import { sizeOrNull } from '../datasets/DatasetRow.tsx';
import { useDatasets } from '../datasets/useDatasets.ts';
import { formatLink, type Link } from '../state/link.ts';
import { WORDS } from '../words/words.ts';

export function WhatIsMissing({ link }: { readonly link: Link }) {
  const { list } = useDatasets().state;
  const words = WORDS.modelAbsent;
  const weights = list?.weights.find(({ model }) => model === link.model);
  const set = list?.datasets.find(({ name }) => name === link.dataset);
  // Until it is known, the network is what the page was asked for.
  const noWeights = !list || (weights !== undefined && weights.state !== 'ready');
  const noImages = set !== undefined && set.state !== 'ready';
  const missing = [
    ...(weights && noWeights ? [words.weights(MODELS[link.model].title, sizeOrNull(weights.totalBytes))] : []),
    ...(noImages ? [words.images(datasetTitle(link.dataset), sizeOrNull(set.totalBytes))] : []),
  ];
  return (
    <>
      {missing.length > 0 && <p data-testid="missing">{words.missing(missing)}</p>}
      {link.screen !== 'data' && (
        <p className="buttons">
          <a className="button" href={formatLink({ ...link, screen: 'data' })}>
            {noWeights ? words.get : words.getImages}
          </a>
        </p>
      )}
    </>
  );
}
