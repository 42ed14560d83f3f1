import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/page.css';
import './ui/parts.css';
import './ui/screens.css';
import './ui/app';

// The system's theme is followed; ?theme=light or ?theme=dark forces one.
document.documentElement.dataset['theme'] = new URLSearchParams(location.search).get('theme') ?? '';
