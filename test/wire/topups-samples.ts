/** Owns the examples of airtime-api.txt, word for word, and the purchase that they answer. The XML one shows another amount. */

import { kes } from '../../src/domain/money.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import type { AirtimePurchase } from '../../src/ports/airtime-provider.ts';

export const SAMPLE_PURCHASE: AirtimePurchase = {
  reference: 'PAY0000001',
  recipient: msisdn('254722000000'),
  recipientNetwork: 'Safaricom',
  recipientName: 'Jane Wanjiku',
  amountKes: kes(100),
  payer: msisdn('254722002000'),
  paymentNetwork: 'M-Pesa',
};

export const SUCCESS_JSON = `{
    "status": {
        "type": "SUCCESS",
        "code": "0000",
        "message": "Airtime Requested"
    },
    "data": {
        "errors": [],
        "sender": {
            "name": "Demo Limited",
            "mobile": "254733000000",
            "email": "admin@demo.com"
        },
        "recipient": {
            "name": "Jane Wanjiku",
            "mobile": "254722000000",
            "email": "jane.wanjiku@example.com"
        },
        "payment": {
            "network": "M-Pesa",
            "name": "Joe Omondi",
            "mobile": "254722002000",
            "email": "joe.omondi@example.com"
        },
        "transaction": {
            "type": "Airtime",
            "reference": "G3DEFJKRWU",
            "date": "2022-09-24 09:45:35",
            "status": "Requested",
            "currency": "KES",
            "amount": "100",
            "note": "PAY0000001",
            "code": "",
            "source": "API",
            "country": "KE",
            "network": "Safaricom"
        },
        "messaging": {
            "sender": "",
            "recipient": "",
            "message": ""
        },
        "channel": {
            "type": "Airtime",
            "currency": "KES",
            "balance": "41126.00"
        }
    }
}`;

export const SUCCESS_XML = `<?xml version="1.0" encoding="utf-8"?>
<xml>
    <status>
        <type>SUCCESS</type>
        <code>0000</code>
        <message>Airtime Requested</message>
    </status>
    <data>
        <errors/>
        <sender>
            <name>Demo Limited</name>
            <mobile>254733000000</mobile>
            <email>admin@demo.com</email>
        </sender>
        <recipient>
            <name>Jane Wanjiku</name>
            <mobile>254722000000</mobile>
            <email>jane.wanjiku@example.com</email>
        </recipient>
        <payment>
            <network>M-Pesa</network>
            <name>Joe Omondi</name>
            <mobile>254722002000</mobile>
            <email>joe.omondi@example.com</email>
        </payment>
        <transaction>
            <type>Airtime</type>
            <reference>G3DEFJKRWU</reference>
            <date>2022-09-24 09:45:35</date>
            <status>Requested</status>
            <currency>KES</currency>
            <amount>10</amount>
            <note>PAY0000001</note>
            <code/>
            <source>API</source>
            <country>KE</country>
            <network>Safaricom</network>
        </transaction>
        <messaging>
            <sender/>
            <recipient/>
            <message/>
        </messaging>
        <channel>
            <type>Airtime</type>
            <currency>KES</currency>
            <balance>41126.00</balance>
        </channel>
    </data>
</xml>`;

export const FAIL_JSON = `{
    "status": {
        "type": "FAIL",
        "code": "3000",
        "message": "Missing or Invalid Parameters"
    },
    "data": {
        "errors": [
            "'mobile is invalid'",
            "'amount is required.'"
        ]
    }
}`;

export const FAIL_XML = `<?xml version="1.0" encoding="utf-8"?>
<xml>
    <status>
        <type>FAIL</type>
        <code>3000</code>
        <message>Missing or Invalid Parameters</message>
    </status>
    <data>
        <errors>
            <error>'mobile is invalid'</error>
            <error>'amount is required.'</error>
        </errors>
    </data>
</xml>`;
