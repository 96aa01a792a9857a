-- E-mail addresses whose readers want no alerts, whoever names them; in one spelling, without capitals.
CREATE TABLE mail_stop (
  address TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
