#!/usr/bin/perl
# usage: sign.pl DOMAIN SELECTOR KEY: signs the message on standard input with DKIM (RFC 6376)
# and prints it.
use strict;
use warnings;
use Mail::DKIM::Signer;

my $text = do { local $/; <STDIN> };
$text =~ s/\r?\n/\r\n/g;
my $signer = Mail::DKIM::Signer->new(
    Algorithm => 'rsa-sha256', Method => 'relaxed/relaxed', Domain => $ARGV[0],
    Selector => $ARGV[1], KeyFile => $ARGV[2]);
$signer->PRINT($text);
$signer->CLOSE;
print $signer->signature->as_string, "\r\n", $text;
