"""Loaders of official formats, on a few rows written in each format."""

import io
import zipfile
from dataclasses import replace

import pytest

from steelyard.data.catalogue import catalogue
from steelyard.data.read_official import read_official
from steelyard.errors import BadTable

ADULT = (
    "|1x3 Cross validator\n"
    "39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, Not-in-family, "
    "White, Male, 2174, 0, 40, United-States, <=50K.\n"
    "50, ?, 83311, Bachelors, 13, Married-civ-spouse, ?, Husband, White, Male, 0, 0, 13, ?,"
    " >50K.\n"
    "\n"
)
YEAST = (
    "ADT1_YEAST  0.58  0.61  0.47  0.13  0.50  0.00  0.48  0.22  MIT\n"
    "ADT2_YEAST  0.43  0.67  0.48  0.27  0.50  0.00  0.53  0.22  NUC\n"
)
ECOLI = (
    "AAT_ECOLI   0.49  0.29  0.48  0.50  0.56  0.24  0.35   cp\n"
    "ACEA_ECOLI  0.07  0.40  0.48  0.50  0.54  0.35  0.44  imL\n"
)
GLASS = (
    "1,1.52101,13.64,4.49,1.10,71.78,0.06,8.75,0.00,0.00,1\n"
    "2,1.51761,13.89,3.60,1.36,72.73,0.48,7.83,0.00,0.00,2\n"
)
ABALONE = "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15,15\nF,0.35,0.265,0.09,0.2255,0.0995,0.0485,0.07,7\n"
CAR = "vhigh,vhigh,2,2,small,low,unacc\nlow,low,5more,more,big,high,vgood\n"
NURSERY = (
    "usual,proper,complete,1,convenient,convenient,nonprob,recommended,recommend\n"
    "usual,proper,complete,more,critical,inconv,slightly_prob,priority,priority\n"
)
WINE = (
    '"fixed acidity";"volatile acidity";"citric acid";"residual sugar";"chlorides";"free '
    'sulfur dioxide";"total sulfur dioxide";"density";"pH";"sulphates";"alcohol";"quality"\n'
    "7;0.27;0.36;20.7;0.045;45;170;1.001;3;0.45;8.8;6\n"
    "6.3;0.3;0.34;1.6;0.049;14;132;0.994;3.3;0.49;9.5;5\n"
)
SMS = 'ham\tHe said "go, now\nspam\tWINNER!! call, 0900\n'
MAMMOGRAPHY = (
    "0.23001961,5.0725783,-0.27606055,0.83244412,-0.37786573,0.4803223,'-1'\n0.1,0.2,0.3,0.4,0.5,0.6,'1'\n"
)
TWEETS = (
    ",count,hate_speech,offensive_language,neither,class,tweet\n"
    '0,3,0,0,3,2,"a, b"\n'
    '1,3,3,0,0,0,"two\n'
    'lines"\n'
    "2,3,0,3,0,1,c\n"
)
COSWARA = (
    "id,a,covid_status,record_date,cold\nx1,28,healthy,2020-04-23,\nx2,30,positive_mild,2021-01-02,True\n"
)
ZEROS = ",".join(["0"] * 37)
KDD = f"0,tcp,ftp_data,SF,{ZEROS},normal,20\n0,udp,other,SF,{ZEROS},neptune,15\n"
BANGLA = 'text,label,target\n" এক, দুই",Personal,0\nতিন,Political,3\n'
DIABETES = "encounter_id,patient_nbr,weight,max_glu_serum,readmitted\n1,2,?,None,NO\n2,3,[75-100),>200,<30\n"

CASES = {
    "tabular/adult": (ADULT, 15, ["<=50K", ">50K"]),
    "tabular/keel_multiclass/yeast": (YEAST, 9, ["MIT", "NUC"]),
    "tabular/keel_multiclass/ecoli": (ECOLI, 8, ["cp", "imL"]),
    "tabular/keel_multiclass/glass": (GLASS, 10, [1, 2]),
    "tabular/keel_multiclass/abalone": (ABALONE, 9, [15, 7]),
    "tabular/keel_multiclass/car": (CAR, 7, ["unacc", "vgood"]),
    "tabular/keel_multiclass/nursery": (NURSERY, 9, ["recommend", "priority"]),
    "tabular/keel_multiclass/winequality-white": (WINE, 12, [6, 5]),
    "tabular/keel_multiclass/winequality-red": (WINE, 12, [6, 5]),
    "text/sms_spam": (SMS, 2, ["ham", "spam"]),
    "tabular/mammography": (MAMMOGRAPHY, 7, [-1, 1]),
    "text/hate_speech_tweets": (TWEETS, 6, ["neither", "hate", "offensive"]),
    "tabular/coswara_metadata": (COSWARA, 4, ["healthy", "positive_mild"]),
    "tabular/nsl_kdd": (KDD, 44, ["normal", "dos"]),
    "text/bangla_hate": (BANGLA, 2, ["Personal", "Political"]),
    "tabular/diabetes130": (DIABETES, 5, ["NO", "<30"]),
}


def read(tmp_path, name, text):
    entry = catalogue()[name]
    file = entry.official[0]
    path = tmp_path / file.url.rpartition("/")[2]
    data = text.encode()
    if file.member:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(file.member, data)
        data = stream.getvalue()
    path.write_bytes(data)
    return read_official(path, file, entry.official_format)


@pytest.mark.parametrize("name", CASES)
def test_an_official_file_gets_the_prepared_columns(tmp_path, name):
    text, n_columns, labels = CASES[name]
    frame = read(tmp_path, name, text)
    assert frame.shape == (len(labels), n_columns)
    assert frame["target"].tolist() == labels


def test_every_official_format_is_tested():
    tables = [entry for entry in catalogue().values() if not entry.view_of and not entry.in_arrays]
    assert set(CASES) == {entry.name for entry in tables if entry.official}


def test_details(tmp_path):
    adult = read(tmp_path, "tabular/adult", ADULT)
    assert adult["workclass"].isna().tolist() == [False, True]
    assert adult["marital_status"].tolist() == ["Never-married", "Married-civ-spouse"]
    assert adult["age"].tolist() == [39, 50]
    assert read(tmp_path, "text/sms_spam", SMS)["text"].tolist() == [
        'He said "go, now',
        "WINNER!! call, 0900",
    ]
    assert read(tmp_path, "text/hate_speech_tweets", TWEETS)["tweet"].tolist() == ["a, b", "two\nlines", "c"]
    assert read(tmp_path, "text/bangla_hate", BANGLA)["text"].tolist()[0] == " এক, দুই"
    diabetes = read(tmp_path, "tabular/diabetes130", DIABETES)
    assert diabetes["weight"].isna().tolist() == [True, False]
    assert diabetes["max_glu_serum"].tolist() == ["None", ">200"]


def test_columns_are_those_of_the_packaged_set(tmp_path):
    from steelyard.data.entry_frame import entry_frame

    for name, (text, _, _) in CASES.items():
        entry = catalogue()[name]
        if entry.packaged and name != "tabular/coswara_metadata":  # its fixture has a few columns only
            expected = set(entry_frame(entry).columns) - {"part"}
            assert set(read(tmp_path, name, text).columns) == expected, name


def test_formats_that_changed_are_refused(tmp_path):
    with pytest.raises(BadTable, match="rows of 10 cells"):
        read(tmp_path, "tabular/keel_multiclass/yeast", "ADT1 0.5 MIT\n")
    with pytest.raises(BadTable, match="changed"):
        read(tmp_path, "tabular/keel_multiclass/yeast", "")
    with pytest.raises(BadTable, match="worm2000"):
        read(tmp_path, "tabular/nsl_kdd", KDD.replace("neptune", "worm2000"))
    entry = catalogue()["tabular/adult"]
    path = tmp_path / "adult.zip"
    path.write_bytes(b"no archive")
    with pytest.raises(BadTable, match=r"adult\.data"):
        read_official(path, entry.official[0], entry.official_format)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("adult.data", bytes(2**20 + 1))
    with pytest.raises(BadTable, match="1 MiB"):
        read_official(path, replace(entry.official[0], max_mb=1), entry.official_format)
