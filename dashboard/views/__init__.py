"""The pages, one file each; ``shell`` is what all pages stand in, ``<page>_parts`` what one page is made
of."""
