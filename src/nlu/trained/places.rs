//! Countries and states, so that no training set has to teach the map.
//!
//! Names in English and French, as people say them. They are hints for the tagger, not slots of
//! their own: whether a sentence asks for a country is learnt.

/// Built-in lists by name; values are separated by commas, tokens by spaces.
pub const LISTS: [(&str, &str); 3] = [("@country", COUNTRIES), ("@country", PAYS), ("@state", STATES)];

/// Postal codes of the states and territories of the USA. Only capitals count: `in` and `me` are words.
#[must_use]
pub fn is_state_code(text: &str) -> bool {
    text.len() == 2
        && text.bytes().all(|byte| byte.is_ascii_uppercase())
        && CODES.split(' ').any(|code| code == text)
}

const COUNTRIES: &str = "afghanistan,albania,algeria,american samoa,andorra,angola,anguilla,antarctica,antigua and \
barbuda,argentina,armenia,aruba,australia,austria,azerbaijan,bahamas,the bahamas,bahrain,bangladesh,barbados,belarus,\
belgium,belize,benin,bermuda,bhutan,bolivia,bosnia,bosnia and herzegovina,botswana,bouvet island,brazil,british virgin \
islands,brunei,bulgaria,burkina faso,burma,burundi,cambodia,cameroon,canada,cape verde,cayman islands,central african \
republic,chad,chile,china,christmas island,cocos islands,colombia,comoros,congo,cook islands,costa rica,croatia,cuba,\
curacao,curaçao,cyprus,czech republic,czechia,democratic republic of the congo,denmark,djibouti,dominica,dominican \
republic,east timor,ecuador,egypt,el salvador,england,equatorial guinea,eritrea,estonia,eswatini,ethiopia,falkland \
islands,faroe islands,fiji,finland,france,french guiana,french polynesia,gabon,gambia,the gambia,georgia,germany,ghana,\
gibraltar,great britain,greece,greenland,grenada,guadeloupe,guam,guatemala,guernsey,guinea,guinea bissau,guyana,haiti,\
honduras,hong kong,hungary,iceland,india,indonesia,iran,iraq,ireland,isle of man,israel,italy,ivory coast,jamaica,japan,\
jersey,jordan,kazakhstan,kenya,kiribati,kosovo,kuwait,kyrgyzstan,laos,latvia,lebanon,lesotho,liberia,libya,liechtenstein,\
lithuania,luxembourg,macau,macedonia,north macedonia,madagascar,malawi,malaysia,maldives,mali,malta,marshall islands,\
martinique,mauritania,mauritius,mayotte,mexico,micronesia,moldova,monaco,mongolia,montenegro,montserrat,morocco,\
mozambique,myanmar,namibia,nauru,nepal,netherlands,the netherlands,new caledonia,new zealand,nicaragua,niger,nigeria,\
niue,norfolk island,north korea,northern ireland,northern mariana islands,norway,oman,pakistan,palau,palestine,panama,\
papua new guinea,paraguay,peru,philippines,the philippines,pitcairn islands,poland,portugal,puerto rico,qatar,romania,\
russia,rwanda,saint helena,saint kitts and nevis,saint lucia,saint martin,saint pierre and miquelon,saint vincent and \
the grenadines,samoa,san marino,sao tome and principe,saudi arabia,scotland,senegal,serbia,seychelles,sierra leone,\
singapore,sint maarten,slovakia,slovenia,solomon islands,somalia,south africa,south georgia,south korea,south sudan,\
spain,sri lanka,sudan,suriname,svalbard,swaziland,sweden,switzerland,syria,taiwan,tajikistan,tanzania,thailand,\
timor leste,togo,tokelau,tonga,trinidad and tobago,tunisia,turkey,turkmenistan,turks and caicos islands,tuvalu,uganda,\
ukraine,united arab emirates,united kingdom,united states,united states of america,america,uruguay,uzbekistan,vanuatu,\
vatican,vatican city,venezuela,vietnam,virgin islands,wales,wallis and futuna,western sahara,yemen,zambia,zimbabwe,\
usa,uk,u . s .,u . k .,u . s . a .,uae";

const PAYS: &str = "afghanistan,afrique du sud,albanie,algérie,allemagne,andorre,angleterre,angola,arabie saoudite,\
argentine,arménie,australie,autriche,azerbaïdjan,bahreïn,bangladesh,belgique,bénin,bhoutan,biélorussie,birmanie,bolivie,\
bosnie,botswana,brésil,bulgarie,burkina faso,cambodge,cameroun,canada,cap vert,chili,chine,chypre,colombie,comores,\
corée du nord,corée du sud,costa rica,côte d ' ivoire,croatie,cuba,danemark,égypte,émirats arabes unis,équateur,érythrée,\
écosse,espagne,estonie,états unis,états - unis,éthiopie,finlande,france,gabon,gambie,géorgie,ghana,grande bretagne,\
grande - bretagne,grèce,groenland,guadeloupe,guatemala,guinée,guyane,haïti,hongrie,inde,indonésie,irak,iran,irlande,\
islande,israël,italie,jamaïque,japon,jordanie,kenya,koweït,laos,lettonie,liban,libéria,libye,lituanie,luxembourg,\
macédoine,madagascar,malaisie,mali,malte,maroc,martinique,maurice,mauritanie,mexique,moldavie,monaco,mongolie,\
monténégro,mozambique,namibie,népal,nicaragua,niger,nigéria,norvège,nouvelle calédonie,nouvelle zélande,nouvelle - \
zélande,ouganda,ouzbékistan,pakistan,palestine,paraguay,pays bas,pays - bas,pays de galles,pérou,pologne,polynésie,\
portugal,qatar,québec,réunion,roumanie,royaume uni,royaume - uni,russie,rwanda,sénégal,serbie,singapour,slovaquie,\
slovénie,somalie,soudan,sri lanka,suède,suisse,syrie,taïwan,tanzanie,tchad,tchéquie,thaïlande,togo,tunisie,turquie,\
ukraine,uruguay,venezuela,viêt nam,vietnam,yémen,zambie,zimbabwe";

const STATES: &str = "alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,district of columbia,\
florida,georgia,hawaii,idaho,illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,\
minnesota,mississippi,missouri,montana,nebraska,nevada,new hampshire,new jersey,new mexico,new york,north carolina,\
north dakota,ohio,oklahoma,oregon,pennsylvania,rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,\
virginia,washington,west virginia,wisconsin,wyoming,american samoa,guam,\
northern mariana islands,puerto rico,virgin islands";

const CODES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY \
NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI MH FM PW";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::trained::tokens::tokenize;

    #[test]
    fn names_are_written_as_tokens() {
        for name in LISTS.iter().flat_map(|(_, names)| names.split(',')) {
            let tokens: Vec<_> = tokenize(name).into_iter().map(|token| token.lower).collect();
            assert_eq!(tokens.join(" "), name);
        }
    }

    #[test]
    fn only_capitals_are_codes() {
        assert!(is_state_code("IN") && is_state_code("WY"));
        assert!(!is_state_code("in") && !is_state_code("XX") && !is_state_code("É"));
    }
}
