/** The datasets: what is here, what can be had, and how. */
import { DatasetsPanel } from '../../datasets/DatasetsPanel.tsx';

export function Data() {
  return <DatasetsPanel />;
}
