// A form with every type of field, for tests.
const t = (fi, sv = fi, en = fi) => ({ fi, sv, en });
const yes = { field: 'employed', is: 'yes' };

export const FORM = {
  id: 'parental-allowance', version: 1, agency: 'kela', languages: ['fi', 'sv', 'en'],
  title: t('Vanhempainpäivärahan hakemus', 'Ansökan om föräldradagpenning', 'Application for parental allowance'),
  sections: [
    {
      id: 'applicant', title: t('Hakija', 'Sökande', 'Applicant'), fields: [
        { id: 'intro', type: 'info', label: t('Tällä lomakkeella haet päivärahaa ajalle, jona hoidat lasta.', 'Med den här blanketten söker du dagpenning för den tid du vårdar barnet.', 'With this form you apply for an allowance for the time you care for the child.') },
        { id: 'name', type: 'text', label: t('Nimi', 'Namn', 'Name'), required: true, who: 'citizen', hint: t('Etunimet ja sukunimi', 'Förnamn och efternamn', 'First names and surname') },
        { id: 'identity', type: 'person-id', label: t('Henkilötunnus', 'Personbeteckning', 'Personal identity code'), required: true, who: 'citizen' },
        { id: 'home', type: 'address', label: t('Osoite', 'Adress', 'Address'), required: true },
        { id: 'email', type: 'email', label: t('Sähköposti', 'E-post', 'E-mail') },
        { id: 'phone', type: 'phone', label: t('Puhelinnumero', 'Telefonnummer', 'Phone number'), required: true, hint: t('040 123 4567') },
      ],
    },
    {
      id: 'payment', title: t('Hakija ja maksu', 'Sökande och betalning', 'Applicant and payment'), fields: [
        { id: 'due', type: 'date', label: t('Lapsen laskettu aika', 'Beräknad tid', 'Due date'), required: true, min: 'today', max: '2027-12-31' },
        { id: 'count', type: 'number', label: t('Lasten lukumäärä', 'Antal barn', 'Number of children'), required: true, min: 1, max: 9 },
        { id: 'employed', type: 'yesno', label: t('Oletko työssä?', 'Arbetar du?', 'Are you employed?'), required: true },
        { id: 'employer', type: 'text', label: t('Työnantaja', 'Arbetsgivare', 'Employer'), required: true, when: yes },
        { id: 'iban', type: 'iban', label: t('Tilinumero (IBAN)', 'Kontonummer (IBAN)', 'Account number (IBAN)'), required: true, help: t('Tilin pitää olla hakijan nimissä.', 'Kontot ska stå i sökandens namn.', 'The account must be in the name of the applicant.') },
        { id: 'decision', type: 'choice', who: 'expert', label: t('Päätös lähetetään', 'Beslutet sänds', 'The decision is sent'), options: [
          { id: 'post', label: t('Postitse', 'Per post', 'By post') }, { id: 'web', label: t('Verkkoon', 'På nätet', 'On the web') }, { id: 'both', label: t('Molempiin', 'Båda', 'Both') }] },
      ],
    },
    {
      id: 'family', title: t('Perhe', 'Familj', 'Family'), fields: [
        { id: 'children', type: 'rows', label: t('Muut lapset', 'Övriga barn', 'Other children'), item: t('Lapsi', 'Barn', 'Child'), max: 4, fields: [
          { id: 'child-name', type: 'text', label: t('Lapsen nimi', 'Barnets namn', "Child's name"), required: true },
          { id: 'born', type: 'date', label: t('Syntymäaika', 'Födelsedatum', 'Date of birth'), required: true },
        ] },
        { id: 'support', type: 'choices', label: t('Saatko näitä tukia?', 'Får du dessa stöd?', 'Do you receive any of these?'), options: [
          { id: 'home-care', label: t('Kotihoidon tuki', 'Hemvårdsstöd', 'Child home care allowance') }, { id: 'housing', label: t('Asumistuki', 'Bostadsbidrag', 'Housing allowance') },
          { id: 'study', label: t('Opintotuki', 'Studiestöd', 'Student aid') }] },
        { id: 'partner', type: 'choice', label: t('Perhetilanne', 'Familjesituation', 'Family situation'), who: 'citizen', required: true, options: [
          { id: 'married', label: t('Avio- tai avoliitossa', 'Gift eller sambo', 'Married or cohabiting') }, { id: 'alone', label: t('Asun yksin lasten kanssa', 'Bor ensam med barnen', 'Living alone with the children') }] },
      ],
    },
    {
      id: 'more', title: t('Liitteet ja lisätiedot', 'Bilagor och tilläggsuppgifter', 'Attachments and further information'), fields: [
        { id: 'paper', type: 'attachment', label: t('Raskaustodistus', 'Graviditetsintyg', 'Certificate of pregnancy'), required: true },
        { id: 'more-info', type: 'lines', label: t('Lisätietoja', 'Tilläggsuppgifter', 'Further information'), max_length: 500 },
        { id: 'sign', type: 'signature', label: t('Allekirjoitus', 'Underskrift', 'Signature'), required: true },
      ],
    },
  ],
};
