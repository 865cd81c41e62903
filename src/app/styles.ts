/** All of the page's styles, in the order in which they build on one another. */
import './styles/tokens.css';
import './styles/layout.css';
import './styles/control.css';
import './styles/figures.css';
import './styles/images.css';
import './styles/forced.css';
import './styles/print.css';
