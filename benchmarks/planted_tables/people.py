"""Names of nobody in particular: Moroccan given and family names, each in Arabic and in the spellings that offices use.

    ("محمد", "Mohamed Mohammed Muhammad Mouhamed Med")

Written by hand for this generator; the first spelling is the one that a clean table holds.
"""

from __future__ import annotations

MALE = (
    "محمد Mohamed Mohammed Muhammad Mouhamed;أحمد Ahmed Ahmad Ahmmed;يوسف Youssef Yousef Yusuf Youcef;عمر Omar Omare Oumar;"
    "علي Ali Aly;حسن Hassan Hasan Hassane;حسين Hussein Houcine Hossein Houssine;إبراهيم Ibrahim Brahim Ibrahime;"
    "مصطفى Mustapha Mostafa Mustafa Moustapha;رشيد Rachid Rachide Rashid;خالد Khalid Khaled Khaleed;سعيد Said Saïd Saeed;"
    "كريم Karim Kareem Karime;حميد Hamid Hamide Hameed;جمال Jamal Djamal Jamale;نبيل Nabil Nabile Nabeel;"
    "طارق Tarik Tarek Tariq;ياسين Yassine Yacine Yassin;أيوب Ayoub Ayyoub Ayub;أمين Amine Amin Ameen;"
    "مهدي Mehdi Mahdi Elmehdi;أنس Anas Anass Anes;حمزة Hamza Hamzah Hemza;زكرياء Zakaria Zakariae Zakariya;"
    "إدريس Driss Idriss Idris;عبدالله Abdellah Abdallah Abdullah;عبدالرحمان Abderrahmane Abderrahman Abdurrahman;"
    "عبدالعزيز Abdelaziz Abdulaziz Abdelazize;عبدالكريم Abdelkarim Abdelkrim Abdulkarim;عبدالحق Abdelhak Abdelhaq Abdelhac;"
    "لحسن Lahcen Lahsen Lahcene;مولود Mouloud Mawloud Mulud;منير Mounir Munir Mounire;هشام Hicham Hisham Hichame;"
    "سمير Samir Samire Sameer;فؤاد Fouad Fuad Foued;عادل Adil Adel Adile;توفيق Taoufik Toufik Tawfiq;بدر Badr Bader Badre;"
    "إلياس Ilyas Elias Ilyass;سفيان Soufiane Sofiane Sufyan;وليد Walid Oualid Waleed;مراد Mourad Murad Morad;"
    "نور Nour Nor Noor;زهير Zouhair Zohair Zuhayr;يونس Younes Younès Yunus;رضا Reda Rida Redha;صلاح Salah Saleh Sallah;"
    "بلال Bilal Billal Belal;عثمان Othmane Othman Outhmane"
)
FEMALE = (
    "فاطمة Fatima Fatema Fatma;خديجة Khadija Khadidja Khadijah;عائشة Aicha Aïcha Aisha;زينب Zineb Zaineb Zaynab;"
    "مريم Meryem Mariam Maryam;سارة Sara Sarah Saara;سعاد Souad Suad Soaad;نادية Nadia Nadiya Nadya;"
    "حنان Hanane Hanan Hannane;لطيفة Latifa Lateefa Lattifa;نعيمة Naima Naïma Naeema;رشيدة Rachida Rachyda Rashida;"
    "سميرة Samira Sameera Samyra;كريمة Karima Kareema Carima;جميلة Jamila Djamila Jameela;أمينة Amina Ameena Aminah;"
    "حليمة Halima Haleema Halimah;مليكة Malika Maleeka Malica;إلهام Ilham Elham Ilhame;سناء Sanae Sanaa Sana;"
    "هناء Hanae Hanaa Hana;وفاء Wafae Wafaa Ouafae;بشرى Bouchra Bushra Bouchera;هدى Houda Huda Hoda;نجاة Najat Nadjat Najate;"
    "إيمان Imane Iman Eman;أسماء Asmae Asmaa Asma;سلمى Salma Selma Salmae;ياسمين Yasmine Yasmin Jasmine;"
    "لبنى Loubna Lubna Lobna;غزلان Ghizlane Ghizlan Rizlane;كوثر Kaoutar Kawtar Kaouthar;شيماء Chaimae Chaymae Shaima;"
    "حياة Hayat Hayate Hayatt;زهرة Zahra Zohra Zahrae;فاطنة Fatna Fatnah Fettna;رقية Rkia Roukaya Rqia;يطو Itto Yetto Ittou;"
    "تودة Touda Tuda Todda;عزيزة Aziza Azizah Azeeza;حورية Houria Horia Houriya;نوال Naoual Nawal Nawale;"
    "سهام Siham Sihame Seham;رجاء Rajae Rajaa Raja;دنيا Dounia Donia Dunya;هاجر Hajar Hajare Hager;آية Aya Ayah Eya;"
    "ملاك Malak Melak Malaak;صفاء Safae Safaa Safa;ثورية Touria Thouria Soraya"
)
FAMILY = (
    "العلوي Alaoui Alaouy Elalaoui;الإدريسي Idrissi Idrisi Elidrissi;بنعلي Benali Ben-Ali Bennali;"
    "بناني Bennani Benani Bennany;التازي Tazi Tazy Ettazi;الفاسي Fassi Fasi Elfassi;العمراني Amrani Amrany Elamrani;"
    "البقالي Bakkali Baqali Elbakkali;الحسني Hassani Hasani Elhassani;الشرقاوي Cherkaoui Charkaoui Cherqaoui;"
    "بنجلون Benjelloun Benjeloun Bendjelloun;السقاط Sekkat Skat Essekkat;الصقلي Skalli Squalli Eskalli;"
    "الودغيري Ouadghiri Oudghiri Wadghiri;الزياني Ziani Zyani Ezziani;أيت_لحسن Ait_Lahcen Ayt_Lahcen Aït_Lahsen;"
    "أوحساين Ouhssaine Ouhsaine Ouhssayne;أمزيان Ameziane Amzian Amezian;بوعزة Bouazza Bouaza Bouazzah;"
    "بوشتى Bouchta Bouchtta Boushta;الخطابي Khattabi Elkhattabi Khatabi;الناصري Naciri Nassiri Naceri;"
    "المنصوري Mansouri Mansoury Elmansouri;الحداد Haddad Hadad Elhaddad;النجار Najjar Nejjar Ennajjar;"
    "الخياط Khayat Khiyat Elkhayat;القادري Kadiri Qadiri Elkadiri;الراجي Raji Radji Erraji;الرامي Rami Ramy Errami;"
    "الغازي Ghazi Rhazi Elghazi;الهاشمي Hachimi Hashimi Elhachimi;الجيلالي Jilali Djilali Jillali;السباعي Sebai Sbai Essebai;"
    "السملالي Semlali Smlali Essemlali;الوزاني Ouazzani Wazzani Ouazani;الصالحي Salhi Salehi Essalhi;"
    "المرابط Morabit Mourabit Elmrabet;الكتاني Kettani Kettany Elkettani;الزروالي Zerouali Zarouali Ezzerouali;"
    "بركة Baraka Barakah Beraka;بلحاج Belhaj Belhadj Bel-Haj;بنموسى Benmoussa Benmousa Ben-Moussa;"
    "بنسعيد Bensaid Bensaïd Ben-Said;بنعمر Benomar Benamar Ben-Omar;بوزيد Bouzid Bouzide Bouzyd;"
    "بوكرين Boukrine Boukrin Bokrine;داودي Daoudi Daoudy Daudi;فكري Fikri Fekri Fikry;حمداوي Hamdaoui Hamdawi Elhamdaoui;"
    "إسماعيلي Ismaili Smaili Ismaely;جباري Jabbari Jabari Djabari;كنون Guennoun Guenoun Kennoun;لعرج Laaraj Laarej Elaaraj;"
    "لمغاري Lamghari Lmghari Elmghari;مزوار Mezouar Mezwar Mazouar;نافع Nafii Nafie Nafia;رحموني Rahmouni Rahmuni Errahmouni;"
    "سكيرج Skirej Skiredj Sguirej;طاهري Tahiri Taheri Ettahiri;يعقوبي Yacoubi Yaacoubi Elyacoubi;زيدان Zidane Zidan Zaidan;"
    "أزناك Aznag Aznague Eznag;أكنوز Aknouz Agnouz Akenouz;إحيا Ihya Ihia Yihya;أوبلا Oubella Oubela Ubella;"
    "تمسماني Temsamani Temsmani Tamsamani;ريفي Rifi Rify Errifi;صنهاجي Senhaji Sanhaji Essenhaji;"
    "غماري Ghomari Ghoumari Rhomari;مكناسي Meknassi Meknasi Elmeknassi;مراكشي Marrakchi Merrakchi Marrakshi;"
    "دكالي Doukkali Doukali Dukkali;شاوي Chaoui Chawi Echaoui;عبدي Abdi Abdy Elabdi;سوسي Soussi Sousi Essoussi;"
    "صحراوي Sahraoui Sahrawi Essahraoui;تدلاوي Tadlaoui Tadlawi Ettadlaoui"
)
Name = tuple[str, tuple[str, ...]]


def _read(text: str) -> list[Name]:
    entries = (entry.split(" ") for entry in text.split(";"))
    return [(words[0].replace("_", " "), tuple(word.replace("_", " ") for word in words[1:])) for words in entries]


MEN, WOMEN, FAMILIES = _read(MALE), _read(FEMALE), _read(FAMILY)
BRANCHES = (("Alami", "العلمي"), ("Filali", "الفيلالي"), ("Berrada", "برادة"))
FAMILIES += [
    (f"{ar} {branch_ar}", tuple(f"{spelling} {branch}" for spelling in latin)) for ar, latin in FAMILIES[:40] for branch, branch_ar in BRANCHES
]
SPELLINGS = {latin[0]: latin[1:] for _, latin in [*MEN, *WOMEN, *FAMILIES]}
"""For each name as a clean table holds it, the other ways in which offices write it."""


def respell(name: str, pick: int) -> str:
    """Another spelling of a name of one or more words: the first word that has one is respelt."""
    if name in SPELLINGS:
        others = SPELLINGS[name]
        return others[pick % len(others)]
    words = name.split(" ")
    for place, word in enumerate(words):
        if word in SPELLINGS:
            words[place] = SPELLINGS[word][pick % len(SPELLINGS[word])]
            break
    return " ".join(words)
