import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/page.css';
import './ui/parts.css';
import './ui/screens.css';
import './ui/form.css';
import './ui/paper.css';
import './ui/app';
